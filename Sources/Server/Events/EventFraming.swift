import NIOCore

/// The forms in which watchers take events.
enum EventFraming: Int, CaseIterable, Sendable {
    /// A text message of a WebSocket.
    case webSocket
    /// Server-sent events (WHATWG HTML, 9.2) in an answer that ends with its connection.
    case eventStream
    /// The same as chunks of an answer (RFC 9112, 7.1).
    case chunkedEventStream

    func bytes(of json: String, kind: StateEvent.Kind, sequence: UInt64) -> ByteBuffer {
        switch self {
        case .webSocket: WebSocketFraming.text(json)
        // JSON of ours has no line breaks outside of strings, and none unescaped inside.
        default: body("event: \(kind.rawValue)\nid: \(sequence)\ndata: \(json)\n\n")
        }
    }

    /// Something that tells nothing, so that nobody on the way takes the connection for dead.
    var keepAlive: ByteBuffer {
        switch self {
        case .webSocket: ByteBuffer()
        default: body(": still here\n\n")
        }
    }

    private func body(_ text: String) -> ByteBuffer {
        guard self == .chunkedEventStream else { return ByteBuffer(string: text) }
        return ByteBuffer(string: "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n")
    }
}
