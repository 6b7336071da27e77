import Foundation
import NIOCore
import NIOFoundationCompat
import NIOWebSocket
import Synchronization
import WorkerLink

/// One encoded picture in every form that viewers take. Each form is made once, however many viewers there are.
final class SharedFrame: Sendable {
    /// The frame's number at its tap; never goes back, over restarts too.
    let sequence: UInt64
    /// Its number among the pictures of its variant, without a gap while somebody watches them.
    let ordinal: UInt64
    /// What was asked for.
    let variant: Variant
    /// CLOCK_MONOTONIC, nanoseconds.
    let captured: Int64
    /// When its encoding was finished; the same clock.
    let encoded: Int64
    /// The picture's own size in pixels.
    let width: Int
    let height: Int
    /// It was decoded with faults in it.
    let isDamaged: Bool
    /// The highest rate anybody wanted this variant at; nil means every frame.
    let rate: Double?
    /// A binary WebSocket message, frame header included.
    let binaryMessage: ByteBuffer
    let jpeg: ByteBuffer
    /// A JSON array; empty: the frame passed no detecting stage.
    let detections: ByteBuffer
    private let metrics: TapMetrics
    private let instance: String

    /// How viewers take it.
    enum Form {
        /// A binary WebSocket message, frame header included.
        case binary
        /// A text WebSocket message, frame header included.
        case json
        /// A part of multipart/x-mixed-replace, and the same as a chunk.
        case part, chunkedPart
        /// What viewers of `/ws/vp` share.
        case channelBody
    }

    /// - Returns: its bytes, and how many of them are metadata where that has to be told.
    func message(_ form: Form) -> (ByteBuffer, metadataLength: Int) {
        switch form {
        case .binary: (binaryMessage, 0)
        case .json: (textMessage, 0)
        case .part: (part, 0)
        case .chunkedPart: (chunkedPart, 0)
        case .channelBody: channelBody
        }
    }

    private struct Forms {
        var json: ByteBuffer?
        var chunkedPart: ByteBuffer?
        var channelBody: (bytes: ByteBuffer, metadataLength: Int)?
        var detectionsTail: ByteBuffer?
        var detectionsMessage: ByteBuffer?
    }
    private let forms = Mutex(Forms())

    init(_ frame: ReceivedFrame, _ number: PictureNumber, instance: String) {
        sequence = number.sequence
        ordinal = number.ordinal
        rate = number.rate
        metrics = number.metrics
        self.instance = instance
        variant = frame.header.variant
        captured = frame.header.captured
        encoded = frame.header.encoded
        width = frame.header.width
        height = frame.header.height
        isDamaged = frame.header.isDamaged
        // The one copy: header and picture in one piece, and the link may use its buffer again.
        let length = frame.jpeg.readableBytes
        var message = ByteBuffer()
        message.reserveCapacity(WebSocketFraming.maximumHeader + length)
        WebSocketFraming.writeHeader(opcode: .binary, length: length, to: &message)
        message.writeImmutableBuffer(frame.jpeg)
        binaryMessage = message
        jpeg = message.getSlice(at: message.writerIndex - length, length: length) ?? ByteBuffer()
        detections = ByteBuffer(bytes: frame.detections.readableBytesView)
    }

    /// A text WebSocket message, frame header included.
    var textMessage: ByteBuffer {
        forms.withLock { forms in
            if let made = forms.json { return made }
            let made = makeTextMessage()
            forms.json = made
            return made
        }
    }

    /// A part of multipart/x-mixed-replace. The boundary stands at its end, so that a browser shows it at once.
    var part: ByteBuffer {
        var part = chunkedPart
        let length = partHead.utf8.count + jpeg.readableBytes + Self.partTail.utf8.count
        part.moveReaderIndex(to: part.writerIndex - Self.chunkEnd.utf8.count - length)
        return part.readSlice(length: length) ?? ByteBuffer()
    }

    /// The same as a chunk (RFC 9112, 7.1).
    var chunkedPart: ByteBuffer {
        forms.withLock { forms in
            if let made = forms.chunkedPart { return made }
            let head = partHead
            let length = head.utf8.count + jpeg.readableBytes + Self.partTail.utf8.count
            var made = ByteBuffer()
            made.reserveCapacity(20 + length)
            made.writeString(String(length, radix: 16) + Self.chunkEnd + head)
            made.writeImmutableBuffer(jpeg)
            made.writeString(Self.partTail + Self.chunkEnd)
            forms.chunkedPart = made
            return made
        }
    }

    private var partHead: String {
        "Content-Type: image/jpeg\r\nContent-Length: \(jpeg.readableBytes)\r\nX-Timestamp: \(timestamp)\r\n"
            + (isDamaged ? "X-Damaged: true\r\n" : "") + "\r\n"
    }

    private static let partTail = "\r\n--\(boundary)\r\n"
    private static let chunkEnd = "\r\n"

    /// What all viewers of `/ws/vp` share of a binary message, and how much of it is metadata.
    var channelBody: (bytes: ByteBuffer, metadataLength: Int) {
        forms.withLock { forms in
            if let made = forms.channelBody { return made }
            var metadata =
                "{\"width\":\(width),\"height\":\(height),\"ordinal\":\(ordinal)"
                + ",\"encoded_us\":\(CaptureTime.unixMicroseconds(encoded))"
            if isDamaged { metadata += ",\"damaged\":true" }
            if detections.readableBytes > 0 { metadata += ",\"detections\":\(String(buffer: detections))" }
            metadata += "}"
            let bytes = TapChannelFraming.body(
                sequence: sequence, captured: CaptureTime.unixMicroseconds(captured), metadata: metadata, picture: jpeg)
            let made = (bytes, metadata.utf8.count)
            forms.channelBody = made
            return made
        }
    }

    /// Whether it has passed a detecting stage; what has found nothing has.
    var isDetecting: Bool { detections.readableBytes > 0 }

    /// A text WebSocket message that tells what was found, frame header included.
    var detectionsMessage: ByteBuffer {
        let tail = detectionsTail
        return forms.withLock { forms in
            if let made = forms.detectionsMessage { return made }
            let head = "{\"type\":\"detections\","
            var made = ByteBuffer()
            WebSocketFraming.writeHeader(opcode: .text, length: head.utf8.count + tail.readableBytes, to: &made)
            made.writeString(head)
            made.writeImmutableBuffer(tail)
            forms.detectionsMessage = made
            return made
        }
    }

    /// What all viewers share of a message that tells what was found: a JSON object from its third key on.
    var detectionsTail: ByteBuffer {
        forms.withLock { forms in
            if let made = forms.detectionsTail { return made }
            let text = DetectionsAnswer(self, instance: instance, tap: metrics.tapID).text
            let made = ByteBuffer(string: String(text.dropFirst()))
            forms.detectionsTail = made
            return made
        }
    }

    static let boundary = "streamtap-frame"

    /// Capture time, Unix seconds with microseconds.
    var timestamp: String {
        let micros = CaptureTime.unixMicroseconds(captured)
        let fraction = String(micros.magnitude % 1_000_000)
        return "\(micros / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
    }

    private func makeTextMessage() -> ByteBuffer {
        let data = jpeg.getData(at: jpeg.readerIndex, length: jpeg.readableBytes, byteTransferStrategy: .noCopy)
        let base64 = (data ?? Data()).base64EncodedData()
        let head = JSONText.object([
            ("type", "frame"), ("tap_id", metrics.tapID), ("instance_id", instance),
        ]).dropLast()
        let metricsText = JSONText.encode(metrics)
        var tail =
            "\",\"metrics\":\(metricsText),\"seq\":\(sequence)"
            + ",\"captured_us\":\(CaptureTime.unixMicroseconds(captured)),\"width\":\(width),\"height\":\(height)"
        if isDamaged { tail += ",\"damaged\":true" }
        if detections.readableBytes > 0 { tail += ",\"detections\":\(String(buffer: detections))" }
        tail += "}"
        let start = head + ",\"data\":\""
        let length = start.utf8.count + base64.count + tail.utf8.count
        var message = ByteBuffer()
        message.reserveCapacity(WebSocketFraming.maximumHeader + length)
        WebSocketFraming.writeHeader(opcode: .text, length: length, to: &message)
        message.writeString(String(start))
        message.writeBytes(base64)
        message.writeString(tail)
        return message
    }
}

/// What a feed knows of a picture that has just come.
struct PictureNumber {
    /// Of the frame at its tap.
    var sequence: UInt64
    /// Of the picture among those of its variant.
    var ordinal: UInt64
    /// The highest rate anybody wants its variant at, frames per second; nil means every frame.
    var rate: Double?
    /// The tap's, at that moment.
    var metrics: TapMetrics
    var isNewest: Bool
}
