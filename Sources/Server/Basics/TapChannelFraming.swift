import NIOCore
import NIOWebSocket

/// The binary messages of `/ws/vp`, little-endian: a prefix for each viewer, then a body that all viewers share.
///
/// Prefix: version u8, kind u8, channel u16, length of the metadata u32, time of sending i64 (Unix µs).
/// Body: number of the frame u64, time of capture i64 (Unix µs), metadata (JSON), picture.
enum TapChannelFraming {
    private static let version: UInt8 = 1
    private static let prefixLength = 16

    /// What the picture is.
    enum Kind: UInt8 {
        case jpeg = 1
    }

    /// The WebSocket frame's header and the prefix.
    ///
    /// - Parameter sent: Unix µs.
    static func prefix(channel: UInt16, bodyLength: Int, metadataLength: Int, sent: Int64) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(WebSocketFraming.maximumHeader + prefixLength)
        WebSocketFraming.writeHeader(opcode: .binary, length: prefixLength + bodyLength, to: &buffer)
        buffer.writeInteger(version)
        buffer.writeInteger(Kind.jpeg.rawValue)
        buffer.writeInteger(channel, endianness: .little)
        buffer.writeInteger(UInt32(clamping: metadataLength), endianness: .little)
        buffer.writeInteger(sent, endianness: .little)
        return buffer
    }

    /// - Parameters:
    ///   - captured: Unix µs.
    ///   - metadata: a JSON object.
    static func body(sequence: UInt64, captured: Int64, metadata: String, picture: ByteBuffer) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(16 + metadata.utf8.count + picture.readableBytes)
        buffer.writeInteger(sequence, endianness: .little)
        buffer.writeInteger(captured, endianness: .little)
        buffer.writeString(metadata)
        buffer.writeImmutableBuffer(picture)
        return buffer
    }
}
