import Foundation
import NIOCore
import WorkerLink

/// What a client of `/ws/vp` says.
struct TapChannelRequest: Decodable {
    var type: String
    /// Nil for what is about the socket as a whole.
    var channel: UInt16?
    var instanceID: String?
    var tapID: String?
    var width: Int?
    var height: Int?
    var fps: Double?
    var quality: Int?
    /// `detections`: what is found, without pictures.
    var format: String?
    /// What the client can show: `avc1`, `hev1`, `jpeg`; nil: pictures.
    var codecs: [String]?
    /// Nothing is shown just now: keep the channel, send no pictures.
    var hidden: Bool?
    /// Of an acknowledgement: the newest picture shown.
    var seq: UInt64?

    enum CodingKeys: String, CodingKey {
        case type, channel, width, height, fps, quality, format, codecs, hidden, seq
        case instanceID = "instance_id"
        case tapID = "tap_id"
    }

    /// - Throws: `malformed` when this is no such message.
    init(_ message: ByteBuffer) throws(ServiceError) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(message.readableBytesView))
        } catch {
            throw .malformed(
                "a message is a JSON object with a type, mostly a channel from 0 to 65535, and numbers where they belong"
            )
        }
    }

    /// - Throws: `parameter_invalid`.
    func content() throws(ServiceError) -> Variant.Content {
        switch format {
        case nil, "jpeg": .picture
        case "detections": .detections
        case .some(let other): throw .badQuery("format", other, "'jpeg' or 'detections'")
        }
    }

    /// - Throws: `parameter_invalid`, naming the value and its range.
    func options() throws(ServiceError) -> StreamOptions {
        let numbers: [(String, String?)] = [
            ("width", width.map { "\($0)" }), ("height", height.map { "\($0)" }), ("fps", fps.map { "\($0)" }),
            ("quality", quality.map { "\($0)" }),
        ]
        return try StreamOptions(query: numbers.compactMap { name, value in value.map { (name, $0) } })
    }
}

/// What `/ws/vp` says besides pictures.
struct TapChannelNotice: Encodable {
    var type: String
    /// Nil where the message itself could not be read.
    var channel: UInt16?
    var instanceID: String?
    var tapID: String?
    var attachPoint: String?
    var state: String?
    var reason: String?
    var code: String?
    var message: String?
    /// What comes, to a client that has said what it can show.
    var codec: String?
    /// Units that were left out.
    var count: Int?

    enum CodingKeys: String, CodingKey {
        case type, channel, state, reason, code, message, codec, count
        case instanceID = "instance_id"
        case tapID = "tap_id"
        case attachPoint = "attach_point"
    }

    static func error(_ error: ServiceError, channel: UInt16?) -> Self {
        TapChannelNotice(type: "error", channel: channel, code: error.code.rawValue, message: error.message)
    }
}
