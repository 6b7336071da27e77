/// What is known of a picture besides its pixels; goes along from stage to stage.
public struct FrameAttributes: Sendable {
    /// What the samples mean as colours.
    public var colorimetry: Colorimetry
    /// The frame's number at its source, from 1.
    public var sequence: UInt64
    /// When it was captured: CLOCK_MONOTONIC, nanoseconds.
    public var captured: Int64
    /// When it is in the plan's time, nanoseconds: later than the frame before it at its source, always, and as much later as the
    /// source says, where that can be. What compares frames goes by this.
    public var time: Int64
    /// Counts how often the source's clock has begun anew. `time` goes on over that; what happened between, nobody knows.
    public var epoch: Int
    /// A decoder gave it with faults in it: fit to be seen, not to be learnt from.
    public var isDamaged: Bool
    /// Its rows are those of two moments, the odd ones and the even ones.
    public var isInterlaced: Bool
    /// The shape of its pixels.
    public var pixelAspect: PixelAspect
    /// How its rows lie; frames that a stage gets are upright.
    public var orientation: Orientation
    /// What the stages so far have found, in pixels of the frame; nil while it has passed no detecting stage.
    public var detections: [Detection]?

    /// What is left out is as for an ordinary picture of unknown time.
    public init(
        colorimetry: Colorimetry = .jpeg, sequence: UInt64 = 1, captured: Int64 = 0, time: Int64 = 0,
        epoch: Int = 0, isDamaged: Bool = false, isInterlaced: Bool = false, pixelAspect: PixelAspect = .square,
        orientation: Orientation = .upright, detections: [Detection]? = nil
    ) {
        self.colorimetry = colorimetry
        self.sequence = sequence
        self.captured = captured
        self.time = time
        self.epoch = epoch
        self.isDamaged = isDamaged
        self.isInterlaced = isInterlaced
        self.pixelAspect = pixelAspect
        self.orientation = orientation
        self.detections = detections
    }
}
