/// What is known of an encoded picture besides its bytes.
public struct FrameHeader: Hashable, Sendable {
    /// Index into `CompiledPlan.taps`.
    public var tap: Int
    /// The variant asked for, which the picture answers.
    public var variant: Variant
    /// The highest `once` number that this picture answers; 0 for none.
    public var once: UInt64
    /// The frame's number at its tap, from 1, within this worker.
    public var sequence: UInt64
    /// When the frame was captured: CLOCK_MONOTONIC, nanoseconds.
    public var captured: Int64
    /// When its encoding was finished: CLOCK_MONOTONIC, nanoseconds.
    public var encoded: Int64
    /// How long that took, microseconds, from the frame to the JPEG; 0 where nothing was encoded.
    public var encodeMicros: Int
    /// The picture's real width, pixels.
    public var width: Int
    /// Pixels, as `width`.
    public var height: Int
    /// It was decoded with faults in it.
    public var isDamaged: Bool

    /// What is known of one picture.
    public init(
        tap: Int, variant: Variant, once: UInt64 = 0, sequence: UInt64, captured: Int64, encoded: Int64,
        encodeMicros: Int = 0, width: Int, height: Int, isDamaged: Bool = false
    ) {
        self.tap = tap
        self.variant = variant
        self.once = once
        self.sequence = sequence
        self.captured = captured
        self.encoded = encoded
        self.encodeMicros = encodeMicros
        self.width = width
        self.height = height
        self.isDamaged = isDamaged
    }
}

/// A picture ready for viewers.
public struct EncodedFrame: Sendable {
    /// What is known of the picture.
    public var header: FrameHeader
    /// A JSON array of detections in the picture's own pixels; empty means the frame passed no detecting stage.
    public var detections: [UInt8]
    /// SOI to EOI; empty where detections alone were wanted.
    public var jpeg: [UInt8]

    /// A picture and what was found in it.
    public init(header: FrameHeader, detections: [UInt8] = [], jpeg: [UInt8]) {
        self.header = header
        self.detections = detections
        self.jpeg = jpeg
    }
}
