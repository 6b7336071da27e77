import Foundation
import HummingbirdCore

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
                    throw .badQuery("format", word, "'json', 'binary' or 'detections'")
                }
                format = known
            }
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

        var kind: ViewerKind {
            switch self {
            case .json: .json
            case .binary: .binary
            case .detections: .detections
            }
        }
    }
}
