/// Sent by a worker every 250 ms, watched or not: stalls are judged from it.
public struct Progress: Hashable, Sendable {
    /// CLOCK_MONOTONIC when it was written, nanoseconds.
    public var now: Int64
    /// VmData of the worker, bytes.
    public var dataBytes: Int
    /// Threads of the worker.
    public var threads: Int
    /// Each outlet that a source feeds, in the order of the plan.
    public var sources: [SourceProgress]
    /// Each tap, in the order of `CompiledPlan.taps`.
    public var taps: [TapProgress]
    /// Each vision stage, in the order of the text.
    public var stages: [StageProgress]
    /// Each GStreamer segment without a source of its own, in the order of the text.
    public var branches: [BranchProgress]
    /// What it has found of how its sources want to be kept.
    package var keepAlive: [String: KeepAlive] = [:]

    /// How a run goes at `now`; what is left out is nothing.
    public init(
        now: Int64, dataBytes: Int = 0, threads: Int = 0, sources: [SourceProgress] = [], taps: [TapProgress] = [],
        stages: [StageProgress] = [], branches: [BranchProgress] = []
    ) {
        self.now = now
        self.dataBytes = dataBytes
        self.threads = threads
        self.sources = sources
        self.taps = taps
        self.stages = stages
        self.branches = branches
    }
}

extension Progress {
    /// Labels of all taps in one report, at most: what more there is would be more than the link takes.
    static let labelLimit = 2048

    /// The same with no more labels than the link takes: a detector that reads noise makes them up without end, and all else
    /// has to arrive.
    package var fittingTheLink: Progress {
        let count = taps.reduce(0) { $0 + ($1.detections?.labels.count ?? 0) }
        guard count > Self.labelLimit else { return self }
        var fitting = self
        for place in taps.indices { fitting.taps[place].detections?.keepLabels(Self.labelLimit / taps.count) }
        return fitting
    }
}

/// What came through one outlet: a way out of GStreamer into Swift.
public struct SourceProgress: Hashable, Sendable {
    /// Id of the plan node whose frames arrive.
    public var node: String
    /// Sound frames that arrived.
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
    /// How they come, besides.
    public var rhythm: SourceRhythm
    /// Frames a second over the last second or so; 0 soon after they stop.
    public var fps: Double
    /// Pictures are decoded and none has been whole yet: the camera was joined between keyframes.
    public var awaitsWholePicture: Bool
    /// Ids of the plan's nodes that the frames come from.
    public var sources: [String]
    /// Pictures that the decoders on the way were not given because they were broken or too large, or gave with faults.
    public var decodeErrors: UInt64
    /// Which of the plan's parts with sources it belongs to: outlets of one part fail and are built anew together.
    public var part: Int
    /// The part gives nothing, and is being built anew; nil while it runs, starts for the first time, or is the only one.
    public var trouble: SourceTrouble?
    /// How often the part was built anew.
    public var rebuilds: UInt64
    /// What a viewer of its pictures ought to know.
    public var warnings: [SourceWarning]
    /// Of several sources, what comes of each, where that can be told.
    public var arrivals: [SourceArrival]

    /// Counts of one outlet.
    public init(
        node: String, frames: UInt64, lastFrame: Int64?, dropped: UInt64 = 0, isLive: Bool, hasEnded: Bool = false,
        interval: Double? = nil, fps: Double = 0, awaitsWholePicture: Bool = false, sources: [String] = [],
        decodeErrors: UInt64 = 0, warnings: [SourceWarning] = [], part: Int = 0, trouble: SourceTrouble? = nil,
        rebuilds: UInt64 = 0, arrivals: [SourceArrival] = [], rhythm: SourceRhythm = SourceRhythm()
    ) {
        self.node = node
        self.frames = frames
        self.lastFrame = lastFrame
        self.dropped = dropped
        self.isLive = isLive
        self.hasEnded = hasEnded
        self.interval = interval
        self.fps = fps
        self.awaitsWholePicture = awaitsWholePicture
        self.sources = sources
        self.decodeErrors = decodeErrors
        self.part = part
        self.trouble = trouble
        self.rebuilds = rebuilds
        self.warnings = warnings
        self.arrivals = arrivals
        self.rhythm = rhythm
    }
}

/// What came to one tap, and what was made of it, since its worker began.
public struct TapProgress: Hashable, Sendable {
    /// The tap's id.
    public var tap: String
    /// Frames offered to it.
    public var frames: UInt64
    /// Offer of the newest frame, CLOCK_MONOTONIC nanoseconds.
    public var lastFrame: Int64?
    /// Frames per second over the last second or so; 0 once they stop coming.
    public var fps: Double
    /// Size of the newest frame, pixels; 0 before the first.
    public var width: Int
    /// Pixels, as `width`.
    public var height: Int
    /// Pictures made, one for each variant that was due.
    public var encoded: UInt64
    /// Due pictures that were lost: the encoders were busy, or a newer one took their place before the server had read them.
    public var dropped: UInt64
    /// Whether its video is decoded just now, where that is so while somebody looks; nil: the plan decodes.
    public var isDecoding: Bool?
    /// Nil while no frame has come that had passed a detecting stage.
    public var detections: DetectionProgress?

    /// Counts of one tap, all 0 when left out.
    public init(
        tap: String, frames: UInt64 = 0, lastFrame: Int64? = nil, fps: Double = 0, width: Int = 0, height: Int = 0,
        encoded: UInt64 = 0, dropped: UInt64 = 0, isDecoding: Bool? = nil, detections: DetectionProgress? = nil
    ) {
        self.tap = tap
        self.frames = frames
        self.lastFrame = lastFrame
        self.fps = fps
        self.width = width
        self.height = height
        self.encoded = encoded
        self.dropped = dropped
        self.isDecoding = isDecoding
        self.detections = detections
    }
}

/// How long one stage takes.
public struct StageProgress: Hashable, Sendable {
    /// Node id.
    public var name: String
    /// The stage's kind, for example `blur`.
    public var stage: String
    /// Median time for a frame, microseconds, over the last 256 frames; 0 before the first.
    public var p50Micros: Double
    /// What one frame in a hundred takes longer than, microseconds.
    public var p99Micros: Double
    /// Frames lost because the stage threw.
    public var failed: UInt64
    /// Live frames whose place a newer one took while the stage was busy.
    public var dropped: UInt64
    /// Of all its frames.
    public var times: DurationHistogram

    /// Times of one stage.
    public init(
        name: String, stage: String, p50Micros: Double, p99Micros: Double, failed: UInt64 = 0, dropped: UInt64 = 0,
        times: DurationHistogram = DurationHistogram(.work)
    ) {
        self.times = times
        self.name = name
        self.stage = stage
        self.p50Micros = p50Micros
        self.p99Micros = p99Micros
        self.failed = failed
        self.dropped = dropped
    }
}

/// How a branch is doing: a GStreamer segment behind a stage, or one beside what leads to stages and taps.
public struct BranchProgress: Hashable, Sendable {
    /// How a branch is doing.
    public enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// It takes frames, or waits for the first one.
        case running
        /// It has failed and is made anew after a while; also until it has then run well for a moment.
        case retrying
        /// It has failed, and is not made anew.
        case failed
        /// It has been given all there was, and has finished that.
        case completed
    }

    /// What people call it: its first element with a name of their own, else its sink.
    public var name: String
    /// Whether it takes frames.
    public var state: State
    /// Why it does not run, in GStreamer's words; nil while it does.
    public var reason: String?
    /// Frames that it took.
    public var frames: UInt64
    /// Frames that it was too slow for, or not there for.
    public var dropped: UInt64

    /// How one branch is doing.
    public init(name: String, state: State, reason: String? = nil, frames: UInt64 = 0, dropped: UInt64 = 0) {
        self.name = name
        self.state = state
        self.reason = reason
        self.frames = frames
        self.dropped = dropped
    }
}
