/// One picture on its way through a plan: immutable, shared without copying, released with its last holder.
///
/// Its planes belong to `owner`: a mapped GStreamer buffer, a block from a pool, or another frame's owner.
public final class Frame: @unchecked Sendable {
    // Unchecked: immutable after init, but for `renew`, which only happens to frames that nobody else holds; `owner` keeps
    // the planes' memory alive and unwritten.

    /// How the pixels lie in the planes.
    public let format: PixelFormat
    /// Pixels.
    public let width: Int
    /// Pixels.
    public let height: Int
    /// What the samples mean as colours.
    public private(set) var colorimetry: Colorimetry
    /// The frame's number at its source, from 1.
    public private(set) var sequence: UInt64
    /// When it was captured: CLOCK_MONOTONIC, nanoseconds.
    public private(set) var captured: Int64
    /// Running time in its segment, nanoseconds; nil when the source gave no timestamp.
    public private(set) var timestamp: UInt64?
    /// What the stages so far have found; nil while the frame has passed no detecting stage.
    public private(set) var detections: [Detection]?
    private let planes: Planes
    private let owner: AnyObject
    /// Whether a pool uses this frame again.
    private let isRenewable: Bool
    /// What a frame that shares the planes has to hold; a renewable one itself, so that nobody holds it when it is renewed.
    private var sharedOwner: AnyObject { isRenewable ? self : owner }

    /// A frame over planes that lie somewhere already, for example within those of another frame.
    ///
    /// - Parameters:
    ///   - format: how the pixels lie in the planes.
    ///   - width: pixels.
    ///   - height: pixels.
    ///   - colorimetry: what the samples mean as colours.
    ///   - sequence: the frame's number at its source, from 1.
    ///   - captured: CLOCK_MONOTONIC, nanoseconds.
    ///   - timestamp: running time, nanoseconds; nil when there is none.
    ///   - detections: what was found in it, in its own pixels.
    ///   - planes: as many as the format has, each of at least the format's `planeSize`.
    ///   - owner: keeps the planes' memory alive and unwritten; a frame, where they are part of its own.
    public convenience init(
        format: PixelFormat, width: Int, height: Int, colorimetry: Colorimetry, sequence: UInt64, captured: Int64,
        timestamp: UInt64? = nil, detections: [Detection]? = nil, planes: Planes, owner: AnyObject
    ) {
        self.init(
            format: format, width: width, height: height, colorimetry: colorimetry, sequence: sequence,
            captured: captured, timestamp: timestamp, detections: detections, planes: planes, owner: owner,
            isRenewable: false)
    }

    /// A frame in memory of its own, for tests and for pictures that are made once. A stage makes its results with a
    /// `FramePool`, which uses its memory again.
    ///
    /// - Parameters:
    ///   - format: pixels; of a JPEG nothing can be made.
    ///   - width: pixels.
    ///   - height: pixels.
    ///   - colorimetry: what the samples mean as colours.
    ///   - sequence: the frame's number at its source, from 1.
    ///   - captured: CLOCK_MONOTONIC, nanoseconds.
    ///   - timestamp: running time, nanoseconds; nil when there is none.
    ///   - detections: what was found in it, in its own pixels.
    ///   - fill: writes every sample.
    public convenience init<Failure: Error>(
        format: PixelFormat, width: Int, height: Int, colorimetry: Colorimetry = .jpeg, sequence: UInt64 = 1,
        captured: Int64 = 0, timestamp: UInt64? = nil, detections: [Detection]? = nil,
        fill: (MutablePlanes) throws(Failure) -> Void
    ) throws(Failure) {
        let memory = PixelMemory(format, width: width, height: height)
        try fill(memory.planes)
        self.init(
            format: format, width: width, height: height, colorimetry: colorimetry, sequence: sequence,
            captured: captured, timestamp: timestamp, detections: detections, planes: memory.planes.readOnly,
            owner: memory)
    }

    init(
        format: PixelFormat, width: Int, height: Int, colorimetry: Colorimetry, sequence: UInt64, captured: Int64,
        timestamp: UInt64?, detections: [Detection]?, planes: Planes, owner: AnyObject, isRenewable: Bool
    ) {
        self.format = format
        self.width = width
        self.height = height
        self.colorimetry = colorimetry
        self.sequence = sequence
        self.captured = captured
        self.timestamp = timestamp
        self.detections = detections
        self.planes = planes
        self.owner = owner
        self.isRenewable = isRenewable
    }

    /// Becomes the next picture in the same planes. Only for a pool, and only for a frame that nobody else holds.
    func renew(from source: Frame, colorimetry: Colorimetry) {
        self.colorimetry = colorimetry
        sequence = source.sequence
        captured = source.captured
        timestamp = source.timestamp
        detections = source.detections
    }

    /// Reads the planes; they are valid inside `body` only.
    public func withPlanes<Result, Failure: Error>(
        _ body: (Planes) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(owner) {} }
        return try body(planes)
    }

    /// The same picture with what a stage has found in it; shares the planes.
    public func with(detections: [Detection]?) -> Frame {
        Frame(
            format: format, width: width, height: height, colorimetry: colorimetry, sequence: sequence,
            captured: captured, timestamp: timestamp, detections: detections, planes: planes, owner: sharedOwner)
    }

    /// The luma plane alone, as a gray frame; shares the memory and keeps the range. Nil for JPEG.
    public var luma: Frame? {
        switch format {
        case .gray8: self
        case .jpeg: nil
        case .i420, .nv12:
            Frame(
                format: .gray8, width: width, height: height, colorimetry: colorimetry, sequence: sequence,
                captured: captured, timestamp: timestamp, detections: detections, planes: Planes(planes[0]),
                owner: sharedOwner)
        }
    }

    /// Seconds on a clock that only ever counts differences: the source's own time, or that of the capture.
    public var seconds: Double {
        if let timestamp { Double(timestamp) / 1e9 } else { Double(captured) / 1e9 }
    }
}
