/// Sent by a worker every 250 ms, watched or not: stalls are judged from it.
public struct Progress: Hashable, Sendable, Codable {
    /// CLOCK_MONOTONIC when it was written, nanoseconds.
    public var now: Int64
    /// VmData of the worker, bytes.
    public var dataBytes: Int
    public var sources: [SourceProgress]
    public var taps: [TapProgress]
    public var stages: [StageProgress]
    public var branches: [BranchProgress]

    public init(
        now: Int64, dataBytes: Int = 0, sources: [SourceProgress] = [], taps: [TapProgress] = [],
        stages: [StageProgress] = [], branches: [BranchProgress] = []
    ) {
        self.now = now
        self.dataBytes = dataBytes
        self.sources = sources
        self.taps = taps
        self.stages = stages
        self.branches = branches
    }
}

/// One edge from GStreamer into Swift.
public struct SourceProgress: Hashable, Sendable, Codable {
    /// Id of the plan node whose frames arrive.
    public var node: String
    public var frames: UInt64
    /// Arrival of the newest frame, CLOCK_MONOTONIC nanoseconds; nil before the first.
    public var lastFrame: Int64?
    /// Frames that arrived and were replaced before the stages took them.
    public var dropped: UInt64
    /// Whether the source is live: a live source that ends has been disconnected, another has completed.
    public var isLive: Bool
    /// This source has delivered everything it had.
    public var hasEnded: Bool
    /// Median distance between frames, seconds; nil before two have come.
    public var interval: Double?

    public init(
        node: String, frames: UInt64, lastFrame: Int64?, dropped: UInt64 = 0, isLive: Bool, hasEnded: Bool = false,
        interval: Double? = nil
    ) {
        self.node = node
        self.frames = frames
        self.lastFrame = lastFrame
        self.dropped = dropped
        self.isLive = isLive
        self.hasEnded = hasEnded
        self.interval = interval
    }
}

public struct TapProgress: Hashable, Sendable, Codable {
    public var tap: String
    public var frames: UInt64
    /// Offer of the newest frame, CLOCK_MONOTONIC nanoseconds.
    public var lastFrame: Int64?
    /// Frames per second over the last second or so; 0 once they stop coming.
    public var fps: Double
    /// Size of the newest frame, pixels; 0 before the first.
    public var width: Int
    public var height: Int
    public var encoded: UInt64
    /// Due encodes that were lost because the encoders were busy.
    public var dropped: UInt64
    /// Nil while no frame has come that had passed a detecting stage.
    public var detections: DetectionProgress?

    public init(
        tap: String, frames: UInt64 = 0, lastFrame: Int64? = nil, fps: Double = 0, width: Int = 0, height: Int = 0,
        encoded: UInt64 = 0, dropped: UInt64 = 0, detections: DetectionProgress? = nil
    ) {
        self.tap = tap
        self.frames = frames
        self.lastFrame = lastFrame
        self.fps = fps
        self.width = width
        self.height = height
        self.encoded = encoded
        self.dropped = dropped
        self.detections = detections
    }
}

public struct StageProgress: Hashable, Sendable, Codable {
    /// Node id.
    public var name: String
    /// The stage's kind, for example `blur`.
    public var stage: String
    /// Time a frame, microseconds, over the last few seconds.
    public var p50Micros: Double
    public var p99Micros: Double
    /// Frames lost because the stage threw.
    public var failed: UInt64

    public init(name: String, stage: String, p50Micros: Double, p99Micros: Double, failed: UInt64 = 0) {
        self.name = name
        self.stage = stage
        self.p50Micros = p50Micros
        self.p99Micros = p99Micros
        self.failed = failed
    }
}

/// A GStreamer segment behind a stage.
public struct BranchProgress: Hashable, Sendable, Codable {
    /// How a branch is doing.
    public enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// It takes frames, or waits for the first one.
        case running
        /// It has failed and is made anew after a while. No worker says so yet: until it has run well for a moment, such a
        /// branch is `failed`.
        case retrying
        /// It has failed.
        case failed
    }

    /// What people call it: its first element with a name of their own, else its sink.
    public var name: String
    public var state: State
    /// Why it does not run, in GStreamer's words; nil while it does.
    public var reason: String?
    /// Frames that it took.
    public var frames: UInt64
    /// Frames that it was too slow for, or not there for.
    public var dropped: UInt64

    public init(name: String, state: State, reason: String? = nil, frames: UInt64 = 0, dropped: UInt64 = 0) {
        self.name = name
        self.state = state
        self.reason = reason
        self.frames = frames
        self.dropped = dropped
    }
}
