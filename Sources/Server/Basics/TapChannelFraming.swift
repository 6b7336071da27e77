import NIOCore
import NIOWebSocket
import WorkerLink

/// The binary messages of `/ws/vp`, little-endian: a prefix for each viewer, then a body that all viewers share.
///
/// Prefix: version u8, kind u8, channel u16, length of the metadata u32, time of sending i64 (Unix µs).
/// Body: number of the frame u64, time of capture i64 (Unix µs), metadata (JSON), picture.
enum TapChannelFraming {
    private static let version: UInt8 = 1
    private static let prefixLength = 16

    /// What the picture is, or the video of which it is a unit.
    enum Kind: UInt8 {
        case jpeg = 1
        /// An access unit as a byte stream (Annex B).
        case h264 = 2
        case h265 = 3

        init(_ coding: VideoCoding) {
            switch coding {
            case .h264: self = .h264
            case .h265: self = .h265
            }
        }
    }

    /// What a client says of the pictures it has shown, in 12 bytes: u8 1, u8 0, channel u16, number of the frame u64.
    struct Acknowledgement {
        var channel: UInt16
        /// That one, and all before it.
        var sequence: UInt64

        /// Bytes of a client's WebSocket frame that is one.
        static let frameLength = 18

        /// A whole message. Nil: something else.
        init?(_ message: ByteBuffer) {
            var message = message
            guard message.readableBytes == 12,
                let words = message.readMultipleIntegers(endianness: .little, as: (UInt32, UInt32, UInt32).self)
            else { return nil }
            self.init(words)
        }

        /// What begins with a frame that is final, binary, masked and of the length (RFC 6455, 5.2). Nil: something else.
        init?(frame: UnsafeRawBufferPointer) {
            guard frame.count >= Self.frameLength, frame[0] == 0x82, frame[1] == 0x80 | 12 else { return nil }
            func word(at offset: Int) -> UInt32 {
                UInt32(littleEndian: frame.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            }
            let mask = word(at: 2)
            self.init((word(at: 6) ^ mask, word(at: 10) ^ mask, word(at: 14) ^ mask))
        }

        /// Whether these bytes may be the beginning of such a frame, of which more is to come.
        static func mayBecome(_ bytes: UnsafeRawBufferPointer) -> Bool {
            bytes.count < frameLength && zip(bytes, [0x82, 0x80 | 12]).allSatisfy(==)
        }

        private init?(_ words: (UInt32, UInt32, UInt32)) {
            guard words.0 & 0xFFFF == 1 else { return nil }
            channel = UInt16(words.0 >> 16)
            sequence = UInt64(words.2) << 32 | UInt64(words.1)
        }
    }

    /// The WebSocket frame's header and the prefix, on the stack: it is another one for each viewer and picture.
    ///
    /// - Parameter sent: Unix µs.
    static func withPrefix(
        channel: UInt16, bodyLength: Int, metadataLength: Int, sent: Int64, _ use: (UnsafeRawBufferPointer) -> Void
    ) {
        withUnsafeTemporaryAllocation(byteCount: WebSocketFraming.maximumHeader + prefixLength, alignment: 1) { room in
            let start = WebSocketFraming.writeHeader(opcode: .binary, length: prefixLength + bodyLength, to: room)
            let words = UInt32(version) | UInt32(Kind.jpeg.rawValue) << 8 | UInt32(channel) << 16
            room.storeBytes(of: words.littleEndian, toByteOffset: start, as: UInt32.self)
            room.storeBytes(of: UInt32(clamping: metadataLength).littleEndian, toByteOffset: start + 4, as: UInt32.self)
            room.storeBytes(of: sent.littleEndian, toByteOffset: start + 8, as: Int64.self)
            use(UnsafeRawBufferPointer(rebasing: room[..<(start + prefixLength)]))
        }
    }

    /// The WebSocket frame's header, the prefix, and what of a body stands before the picture: for what viewers share as it came.
    ///
    /// - Parameters:
    ///   - captured: Unix µs, as `sent`.
    ///   - metadata: a JSON object.
    ///   - length: of the picture, bytes.
    static func head(
        _ kind: Kind, channel: UInt16, sequence: UInt64, captured: Int64, sent: Int64, metadata: String, length: Int
    ) -> ByteBuffer {
        let metadataLength = metadata.utf8.count
        let headLength = prefixLength + 16 + metadataLength
        var head = ByteBuffer()
        head.reserveCapacity(WebSocketFraming.maximumHeader + headLength)
        WebSocketFraming.writeHeader(opcode: .binary, length: headLength + length, to: &head)
        head.writeMultipleIntegers(
            version, kind.rawValue, channel, UInt32(clamping: metadataLength), sent, sequence, captured,
            endianness: .little)
        head.writeString(metadata)
        return head
    }

    /// What stands before the detections that viewers share, in a text message.
    static func detectionsHead(channel: UInt16, tailLength: Int) -> ByteBuffer {
        let text = "{\"type\":\"detections\",\"channel\":\(channel),"
        var head = ByteBuffer()
        WebSocketFraming.writeHeader(opcode: .text, length: text.utf8.count + tailLength, to: &head)
        head.writeString(text)
        return head
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
