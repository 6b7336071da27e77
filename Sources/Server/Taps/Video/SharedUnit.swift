import NIOCore
import NIOWebSocket
import Synchronization
import WorkerLink

/// One access unit in every form that viewers take. Each is made once, however many viewers there are.
final class SharedUnit: LoggedUnit, Sendable {
    /// Its number at its tap: the next unit has the next one; never goes back, over restarts too.
    let ordinal: UInt64
    let coding: VideoCoding
    let isKey: Bool
    /// CLOCK_MONOTONIC, nanoseconds.
    let captured: Int64
    /// When it is to be shown, by its source's time, nanoseconds.
    let shown: Int64
    /// Pixels; 0 where nobody knows.
    let width: Int
    let height: Int
    /// How many pictures may be decoded before one that is shown earlier.
    let reorderDepth: Int
    /// Nil but for keyframes that have them all.
    let parameterSets: ParameterSets?
    /// The video's, as browsers have it; nil before the first keyframe.
    let codec: String?
    /// A binary WebSocket message, frame header included: the byte stream.
    let message: ByteBuffer
    /// A byte stream (Annex B), and the end of a chunk behind it.
    private let stream: ByteBuffer
    private let samples = Mutex<ByteBuffer?>(nil)

    static let chunkEnd = "\r\n"

    /// - Parameter codec: as the keyframe before it has it.
    init(_ unit: ReceivedUnit, ordinal: UInt64, codec: String?) {
        self.ordinal = ordinal
        coding = unit.header.coding
        isKey = unit.header.isKey
        captured = unit.header.captured
        shown = unit.header.shown ?? unit.header.captured
        reorderDepth = unit.header.reorderDepth
        (width, height) = (unit.header.width, unit.header.height)
        parameterSets =
            isKey ? unit.bytes.withUnsafeReadableBytes { [coding] in ParameterSets($0, coding) } : nil
        self.codec = parameterSets?.codec ?? codec
        // The one copy, of which the byte stream's forms are slices: the link may use its buffer again.
        let length = unit.bytes.readableBytes
        var all = ByteBuffer()
        all.reserveCapacity(WebSocketFraming.maximumHeader + length + Self.chunkEnd.utf8.count)
        WebSocketFraming.writeHeader(opcode: .binary, length: length, to: &all)
        let start = all.writerIndex
        all.writeImmutableBuffer(unit.bytes)
        all.writeString(Self.chunkEnd)
        message = all.getSlice(at: 0, length: start + length) ?? ByteBuffer()
        all.moveReaderIndex(to: start)
        stream = all
    }

    var byteCount: Int { stream.readableBytes - Self.chunkEnd.utf8.count }
    var time: Int64 { captured }

    /// A byte stream (Annex B), parameter sets before each keyframe.
    var byteStream: ByteBuffer { Self.withoutChunkEnd(stream) }

    /// The same, with a chunk's end behind it (RFC 9112, 7.1).
    var byteStreamChunk: ByteBuffer { stream }

    /// As a sample of an MP4 file has it: units behind their lengths of four bytes, without parameter sets and delimiters, which stand in
    /// the file's header, or are not wanted (ISO/IEC 14496-15, 5.3.2); and a chunk's end behind it.
    var sampleChunk: ByteBuffer {
        samples.withLock { samples in
            if let samples { return samples }
            var made = ByteBuffer()
            made.reserveCapacity(stream.readableBytes + 16)
            byteStream.withUnsafeReadableBytes { bytes in
                NALUnits.forEach(in: bytes, .byteStream) { unit in
                    let unit = unit.withoutTrailingZeros
                    if !unit.isEmpty, NALUnitType(unit, coding) == nil {
                        made.writeInteger(UInt32(unit.count))
                        made.writeBytes(unit)
                    }
                    return true
                }
            }
            made.writeString(Self.chunkEnd)
            samples = made
            return made
        }
    }

    static func withoutChunkEnd(_ chunk: ByteBuffer) -> ByteBuffer {
        chunk.getSlice(at: chunk.readerIndex, length: chunk.readableBytes - chunkEnd.utf8.count) ?? ByteBuffer()
    }

    /// What is known of it, as a JSON object.
    ///
    /// - Parameter isLeading: it was captured before the viewer came: it is shown only where none waits behind it.
    func metadata(isLeading: Bool) -> String {
        "{\"codec\":\"\(codec ?? "")\",\"key\":\(isKey),\"width\":\(width),\"height\":\(height)"
            + (reorderDepth > 0 ? ",\"reorder\":\(reorderDepth)" : "") + (isLeading ? ",\"leading\":true}" : "}")
    }
}
