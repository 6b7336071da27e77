import NIOCore
import WorkerLink

/// A frame as it came over a link; its bytes are slices of what was read.
struct ReceivedFrame: Sendable {
    var header: FrameHeader
    /// A JSON array in the picture's own pixels; empty: the frame passed no detecting stage.
    var detections: ByteBuffer
    var jpeg: ByteBuffer

    init(header: FrameHeader, detections: ByteBuffer, jpeg: ByteBuffer) {
        self.header = header
        self.detections = detections
        self.jpeg = jpeg
    }
}
