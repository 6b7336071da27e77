/// What was found in the frames that reached one tap, counted since its worker began.
public struct DetectionProgress: Hashable, Sendable {
    /// Frames that had passed a detecting stage.
    public var frames: UInt64
    /// Those of them in which something was found.
    public var framesWithDetections: UInt64
    /// Everything that was found: a frame that shows two things counts two.
    public var detections: UInt64
    /// One entry for each kind and label seen, first seen first, at most `labelLimit`.
    public var labels: [LabelProgress]
    /// Detections whose label came when the list was full.
    public var unlisted: UInt64

    /// A detector that reads noise makes up new labels without end; neither memory nor `/metrics` is theirs to fill.
    public static let labelLimit = 256

    /// Counts, all 0 when left out.
    public init(
        frames: UInt64 = 0, framesWithDetections: UInt64 = 0, detections: UInt64 = 0, labels: [LabelProgress] = [],
        unlisted: UInt64 = 0
    ) {
        self.frames = frames
        self.framesWithDetections = framesWithDetections
        self.detections = detections
        self.labels = labels
        self.unlisted = unlisted
    }
}

extension DetectionProgress {
    /// Keeps the first so many labels; what stands behind them counts as unlisted.
    mutating func keepLabels(_ count: Int) {
        for label in labels.dropFirst(count) { unlisted &+= label.detections }
        labels = Array(labels.prefix(count))
    }
}

/// How often one thing was seen.
public struct LabelProgress: Hashable, Sendable {
    /// The finder's kind, for example `apriltag`.
    public var kind: String
    /// For example `tag36h11:7`; what is longer than 64 bytes is cut.
    public var label: String
    /// The number that the finder gives to the thing, for example a tag's; nil where it has none.
    public var id: Int?
    /// Frames that showed it.
    public var frames: UInt64
    /// The same, but a frame that shows it twice counts twice.
    public var detections: UInt64
    /// Capture time of the newest frame that showed it, CLOCK_MONOTONIC nanoseconds.
    public var lastSeen: Int64

    /// Counts of one kind and label.
    public init(kind: String, label: String, id: Int? = nil, frames: UInt64, detections: UInt64, lastSeen: Int64) {
        self.kind = kind
        self.label = label
        self.id = id
        self.frames = frames
        self.detections = detections
        self.lastSeen = lastSeen
    }
}
