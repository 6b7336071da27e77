/// How one of several sources does whose pictures come out as one.
public struct SourceArrival: Hashable, Sendable {
    /// Id of the plan's node.
    public var source: String
    /// Its pictures.
    public var frames: UInt64
    /// Arrival of the newest, CLOCK_MONOTONIC nanoseconds; nil before the first.
    public var lastFrame: Int64?
    /// Median distance between them, seconds; nil before two have come.
    public var interval: Double?
    /// Pictures a second over the last second or so.
    public var fps: Double
    /// It gives pictures as they are captured.
    public var isLive: Bool
    /// A film that has been played, or a camera that has hung up.
    public var hasEnded: Bool
    /// How it gives them.
    public var rhythm: SourceRhythm

    /// Counts of one source.
    public init(
        source: String, frames: UInt64, lastFrame: Int64?, interval: Double? = nil, fps: Double = 0, isLive: Bool,
        hasEnded: Bool = false, rhythm: SourceRhythm = SourceRhythm()
    ) {
        self.source = source
        self.frames = frames
        self.lastFrame = lastFrame
        self.interval = interval
        self.fps = fps
        self.isLive = isLive
        self.hasEnded = hasEnded
        self.rhythm = rhythm
    }
}

extension SourceProgress {
    /// The same as it looks for one of its sources: what is made of several goes on while one of them gives nothing.
    package func seen(by source: String) -> SourceProgress {
        guard let arrival = arrivals.first(where: { $0.source == source }) else { return self }
        var own = self
        (own.frames, own.lastFrame, own.interval) = (arrival.frames, arrival.lastFrame, arrival.interval)
        (own.fps, own.isLive, own.hasEnded) = (arrival.fps, arrival.isLive, hasEnded || arrival.hasEnded)
        let allowed = rhythm.allowed
        own.rhythm = arrival.rhythm
        own.rhythm.allowed = allowed
        return own
    }
}
