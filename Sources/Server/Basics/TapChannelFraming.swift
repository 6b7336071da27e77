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

    /// What a client says of the pictures it has shown, in 12 bytes: u8 1, u8 0, channel u16, number of the frame u64.
    struct Acknowledgement {
        var channel: UInt16
        /// That one, and all before it.
        var sequence: UInt64

        /// Nil: something else.
        init?(_ message: ByteBuffer) {
            var message = message
            guard message.readableBytes == 12,
                let (kind, reserved, channel, sequence) = message.readMultipleIntegers(
                    endianness: .little, as: (UInt8, UInt8, UInt16, UInt64).self),
                kind == 1, reserved == 0
            else { return nil }
            self.channel = channel
            self.sequence = sequence
        }
    }

    /// The WebSocket frame's header and the prefix.
    ///
    /// - Parameters:
    ///   - sent: Unix µs.
    ///   - buffer: what it holds is replaced.
    static func writePrefix(
        channel: UInt16, bodyLength: Int, metadataLength: Int, sent: Int64, to buffer: inout ByteBuffer
    ) {
        buffer.clear(minimumCapacity: WebSocketFraming.maximumHeader + prefixLength)
        WebSocketFraming.writeHeader(opcode: .binary, length: prefixLength + bodyLength, to: &buffer)
        buffer.writeInteger(version)
        buffer.writeInteger(Kind.jpeg.rawValue)
        buffer.writeInteger(channel, endianness: .little)
        buffer.writeInteger(UInt32(clamping: metadataLength), endianness: .little)
        buffer.writeInteger(sent, endianness: .little)
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
