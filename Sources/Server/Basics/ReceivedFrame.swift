public import NIOCore
public import WorkerLink

/// A frame as it came over a link; its bytes are slices of what was read.
public struct ReceivedFrame: Sendable {
    public var header: FrameHeader
    /// A JSON array in the picture's own pixels; empty: the frame passed no detecting stage.
    public var detections: ByteBuffer
    public var jpeg: ByteBuffer

    public init(header: FrameHeader, detections: ByteBuffer, jpeg: ByteBuffer) {
        self.header = header
        self.detections = detections
        self.jpeg = jpeg
    }
}
