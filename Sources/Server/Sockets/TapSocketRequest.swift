import Foundation
import HummingbirdCore
import WorkerLink

/// `/ws/vp/tap/{instance}/{tap}?…`, taken apart.
struct TapSocketRequest: Sendable {
    var instance: String
    var tap: String
    var format: ViewerFormat
    /// What is wrong with them is told over the socket: a browser's script never sees an answer that is no upgrade.
    var options: Result<StreamOptions, ServiceError>

    /// Nil: another path.
    init?(uri text: String) {
        let uri = URI(text)
        // A slash too many is none, as in the router's paths.
        let parts = uri.path.split(separator: "/")
        guard parts.count == 5, parts.starts(with: ["ws", "vp", "tap"]) else { return nil }
        instance = parts[3].removingPercentEncoding ?? String(parts[3])
        tap = parts[4].removingPercentEncoding ?? String(parts[4])
        let query = QueryParameters.pairs(uri)
        let word = query.last { $0.name == "format" }?.value
        format = .json
        do throws(ServiceError) {
            if let word {
                guard let known = ViewerFormat(rawValue: word) else {
                    throw .badQuery("format", word, "'json', 'binary', 'detections', 'h264' or 'h265'")
                }
                format = known
            }
            if format.coding != nil { try StreamOptions.expectNone(query: query, others: ["format"]) }
            options = .success(try StreamOptions(query: query, others: ["format"]))
        } catch {
            options = .failure(error)
        }
    }

    /// How a viewer of one tap is told of a frame.
    enum ViewerFormat: String, Sendable {
        /// Text that holds the picture.
        case json
        /// The picture alone.
        case binary
        /// Text that tells what was found in it.
        case detections
        /// The video as its camera sends it: each message an access unit, a keyframe first.
        case h264, h265

        /// Of video.
        var coding: VideoCoding? {
            switch self {
            case .h264: .h264
            case .h265: .h265
            case .json, .binary, .detections: nil
            }
        }

        var kind: ViewerKind {
            switch self {
            case .json: .json
            case .binary: .binary
            case .detections: .detections
            case .h264, .h265: .video
            }
        }
    }
}
