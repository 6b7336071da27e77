import NIOCore
import NIOWebSocket

/// Frames from server to viewer (RFC 6455, 5.2): unmasked, never fragmented, made whole so that viewers can share one.
enum WebSocketFraming {
    /// Bytes before the payload, at most.
    static let maximumHeader = 10

    static func writeHeader(opcode: WebSocketOpcode, length: Int, to buffer: inout ByteBuffer) {
        buffer.writeInteger(0x80 | UInt8(webSocketOpcode: opcode))
        if length < 126 {
            buffer.writeInteger(UInt8(length))
        } else if length <= UInt16.max {
            buffer.writeInteger(UInt8(126))
            buffer.writeInteger(UInt16(length))
        } else {
            buffer.writeInteger(UInt8(127))
            buffer.writeInteger(UInt64(length))
        }
    }

    static func text(_ text: String) -> ByteBuffer {
        var buffer = ByteBuffer()
        writeHeader(opcode: .text, length: text.utf8.count, to: &buffer)
        buffer.writeString(text)
        return buffer
    }

    /// - Parameter payload: at most 125 bytes; more is cut off.
    static func control(_ opcode: WebSocketOpcode, _ payload: ByteBuffer = ByteBuffer()) -> ByteBuffer {
        var payload = payload
        let bytes = payload.readSlice(length: min(payload.readableBytes, 125)) ?? ByteBuffer()
        var buffer = ByteBuffer()
        writeHeader(opcode: opcode, length: bytes.readableBytes, to: &buffer)
        buffer.writeImmutableBuffer(bytes)
        return buffer
    }

    static func close(_ close: WebSocketClose) -> ByteBuffer {
        var payload = ByteBuffer()
        payload.write(webSocketErrorCode: close.code)
        // Cut to 123 bytes at a character.
        var reason = close.reason
        while reason.utf8.count > 123 { reason.removeLast() }
        payload.writeString(reason)
        return control(.connectionClose, payload)
    }
}

/// Why the server closes a socket; as an outbound event it asks the connection to do so.
struct WebSocketClose: Sendable {
    var code: WebSocketErrorCode
    var reason = ""
}
