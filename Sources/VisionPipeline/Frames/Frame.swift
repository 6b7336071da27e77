/// One picture on its way through a plan: immutable, shared without copying, released with its last holder.
///
/// Its planes belong to `owner`: a block from a pool, or another frame or its owner; or to the frame itself, where that is a mapped
/// GStreamer buffer.
public class Frame: @unchecked Sendable {
    // Unchecked: immutable after init, but for `renew`, which only happens to frames that nobody else holds; `owner` keeps
    // the planes' memory alive and unwritten.
    // Not final for one that holds a buffer in the same piece of memory: each frame of a camera is one allocation.

    /// How the pixels lie in the planes.
    public final let format: PixelFormat
    /// Pixels.
    public final let width: Int
    /// Pixels.
    public final let height: Int
    /// What is known of it besides its pixels.
    public private(set) final var attributes: FrameAttributes
    private let planes: Planes
    /// Nil: it owns them itself.
    private let owner: AnyObject?
    /// Whether a pool uses this frame again.
    private let isRenewable: Bool
    /// What a frame that shares the planes has to hold; a renewable one itself, so that nobody holds it when it is renewed.
    private var sharedOwner: AnyObject { isRenewable ? self : owner ?? self }

    /// A frame over planes that lie somewhere already, for example within those of another frame.
    ///
    /// - Parameters:
    ///   - format: how the pixels lie in the planes.
    ///   - width: pixels.
    ///   - height: pixels.
    ///   - attributes: what is known of it; detections in its own pixels.
    ///   - planes: as many as the format has, each of at least the format's `planeSize`.
    ///   - owner: keeps the planes' memory alive and unwritten; a frame, where they are part of its own.
    public convenience init(
        format: PixelFormat, width: Int, height: Int, attributes: FrameAttributes, planes: Planes, owner: AnyObject
    ) {
        self.init(
            format: format, width: width, height: height, attributes: attributes, planes: planes, owner: owner,
            isRenewable: false)
    }

    /// A frame in memory of its own, for tests and for pictures that are made once. A stage makes its results with a
    /// `FramePool`, which uses its memory again.
    ///
    /// - Parameters:
    ///   - format: pixels; of a JPEG nothing can be made.
    ///   - width: pixels.
    ///   - height: pixels.
    ///   - attributes: what is known of it; detections in its own pixels.
    ///   - fill: writes every sample.
    public convenience init<Failure: Error>(
        format: PixelFormat, width: Int, height: Int, attributes: FrameAttributes = FrameAttributes(),
        fill: (MutablePlanes) throws(Failure) -> Void
    ) throws(Failure) {
        let memory = PixelMemory(format, width: width, height: height)
        try fill(memory.planes)
        self.init(
            format: format, width: width, height: height, attributes: attributes, planes: memory.planes.readOnly,
            owner: memory)
    }

    init(
        format: PixelFormat, width: Int, height: Int, attributes: FrameAttributes, planes: Planes, owner: AnyObject?,
        isRenewable: Bool
    ) {
        self.format = format
        self.width = width
        self.height = height
        self.attributes = attributes
        self.planes = planes
        self.owner = owner
        self.isRenewable = isRenewable
    }

    /// Becomes the next picture in the same planes. Only for a pool, and only for a frame that nobody else holds.
    final func renew(_ attributes: FrameAttributes) { self.attributes = attributes }

    /// Reads the planes; they are valid inside `body` only.
    public final func withPlanes<Result, Failure: Error>(
        _ body: (Planes) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(planes)
    }

    /// The same picture of which something else is known; shares the planes.
    public final func with(_ attributes: FrameAttributes) -> Frame {
        Frame(
            format: format, width: width, height: height, attributes: attributes, planes: planes, owner: sharedOwner)
    }

    /// The same picture with what a stage has found in it; shares the planes.
    public final func with(detections: [Detection]?) -> Frame {
        var attributes = attributes
        attributes.detections = detections
        return with(attributes)
    }

    /// The luma plane alone, as a gray frame; shares the memory and keeps the range. Nil for JPEG.
    public final var luma: Frame? {
        switch format {
        case .gray8: self
        case .jpeg: nil
        case .i420, .nv12:
            Frame(
                format: .gray8, width: width, height: height, attributes: attributes, planes: Planes(planes[0]),
                owner: sharedOwner)
        }
    }

    /// `time` in seconds.
    public final var seconds: Double { Double(attributes.time) / 1e9 }
}

extension Frame {
    /// What the samples mean as colours.
    public var colorimetry: Colorimetry { attributes.colorimetry }
    /// The frame's number at its source, from 1.
    public var sequence: UInt64 { attributes.sequence }
    /// When it was captured: CLOCK_MONOTONIC, nanoseconds.
    public var captured: Int64 { attributes.captured }
    /// When it is in the plan's time, nanoseconds; always later than the frame before it.
    public var time: Int64 { attributes.time }
    /// Counts how often the source's clock has begun anew.
    public var epoch: Int { attributes.epoch }
    /// A decoder gave it with faults in it: fit to be seen, not to be learnt from.
    public var isDamaged: Bool { attributes.isDamaged }
    /// Its rows are those of two moments.
    public var isInterlaced: Bool { attributes.isInterlaced }
    /// The shape of its pixels.
    public var pixelAspect: PixelAspect { attributes.pixelAspect }
    /// How its rows lie; frames that a stage gets are upright.
    public var orientation: Orientation { attributes.orientation }
    /// What the stages so far have found; nil while the frame has passed no detecting stage.
    public var detections: [Detection]? { attributes.detections }
}
