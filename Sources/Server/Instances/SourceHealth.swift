import WorkerLink

/// What a worker's progress says of its sources: have all begun, and is a live one silent?
///
/// Silence is measured in the worker's own time (`Progress.now`), so that a server that was held up does not take its
/// own pause for the camera's.
struct SourceHealth: Sendable, Hashable {
    /// A live source is stalled after this long without a frame …
    private static let shortestStall: Int64 = .seconds(2)
    /// … or after so many of its own intervals, whichever is longer.
    private static let stallIntervals: Double = 5
    /// The attempt is given up this long after the last frame …
    private static let patience: Int64 = .seconds(5)
    /// … but never sooner than this after the stall was seen.
    private static let patienceAfterStall: Int64 = .seconds(3)

    /// A live source without frames.
    struct Silence: Sendable, Hashable {
        /// Node id.
        var node: String
        /// Nanoseconds since its last frame.
        var age: Int64
        /// It has been silent for so long that a fresh start is the better hope.
        var isHopeless: Bool
    }

    /// Every source has delivered a frame.
    var hasBegun: Bool
    /// The live source that has been silent longest, if one is stalled.
    var silence: Silence?

    init(_ progress: Progress) {
        hasBegun = !progress.sources.isEmpty && progress.sources.allSatisfy { $0.frames > 0 }
        silence =
            progress.sources
            .compactMap { Self.silence(of: $0, at: progress.now) }
            .max { $0.age < $1.age }
    }

    /// Nil for a source that gives frames, or is not expected to.
    static func silence(of source: SourceProgress, at now: Int64) -> Silence? {
        guard source.isLive, !source.hasEnded, let last = source.lastFrame else { return nil }
        let (age, overflow) = now.subtractingReportingOverflow(last)
        // A day between frames is no camera; the bound keeps a worker's nonsense out of the arithmetic.
        let interval = min(max(source.interval ?? 0, 0), 86_400)
        let limit = max(shortestStall, .seconds(interval * stallIntervals))
        guard !overflow, age > limit else { return nil }
        return Silence(node: source.node, age: age, isHopeless: age >= max(patience, limit + patienceAfterStall))
    }
}
