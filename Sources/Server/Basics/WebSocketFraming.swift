import NIOCore
import NIOWebSocket

/// Frames from server to viewer (RFC 6455, 5.2): unmasked, never fragmented, made whole so that viewers can share one.
enum WebSocketFraming {
    /// Bytes before the payload, at most.
    static let maximumHeader = 10

    static func writeHeader(opcode: WebSocketOpcode, length: Int, to buffer: inout ByteBuffer) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: maximumHeader) {
            writeHeader(opcode: opcode, length: length, to: $0)
        }
    }

    /// - Parameter room: for `maximumHeader` bytes.
    /// - Returns: bytes written.
    static func writeHeader(opcode: WebSocketOpcode, length: Int, to room: UnsafeMutableRawBufferPointer) -> Int {
        room[0] = 0x80 | UInt8(webSocketOpcode: opcode)
        if length < 126 {
            room[1] = UInt8(length)
            return 2
        } else if length <= UInt16.max {
            room[1] = 126
            room.storeBytes(of: UInt16(length).bigEndian, toByteOffset: 2, as: UInt16.self)
            return 4
        } else {
            room[1] = 127
            room.storeBytes(of: UInt64(length).bigEndian, toByteOffset: 2, as: UInt64.self)
            return 10
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
