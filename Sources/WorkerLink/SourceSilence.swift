/// A live source that gave frames and gives none.
///
/// One rule for both sides: the server judges by it how an instance is, and a worker which of several sources has to be built anew.
/// Silence is measured in the worker's own time, so that a server that was held up does not take its own pause for the camera's.
package struct SourceSilence: Sendable, Hashable {
    /// A live source is stalled after this long without a frame …
    private static let shortestStall: Int64 = .nanoseconds(2)
    /// … or after so many of its own intervals, whichever is longer.
    private static let stallIntervals: Double = 5
    /// The attempt is given up this long after the last frame …
    private static let patience: Int64 = .nanoseconds(5)
    /// … but never sooner than this after the stall was seen.
    private static let patienceAfterStall: Int64 = .nanoseconds(3)

    /// Node id.
    package var node: String
    /// Nanoseconds since its last frame.
    package var age: Int64
    /// Nanoseconds since a fresh start has become the better hope; negative before.
    package var overdue: Int64

    /// It has been silent for so long that a fresh start is the better hope.
    package var isHopeless: Bool { overdue >= 0 }

    /// Nil for a source that gives frames, or is not expected to.
    ///
    /// - Parameter now: CLOCK_MONOTONIC of the worker, nanoseconds.
    package init?(of source: SourceProgress, at now: Int64) {
        guard source.isLive, !source.hasEnded, let last = source.lastFrame else { return nil }
        let (age, overflow) = now.subtractingReportingOverflow(last)
        // A day between frames is no camera; the bound keeps a worker's nonsense out of the arithmetic.
        let interval = min(max(source.interval ?? 0, 0), 86_400)
        let limit = max(Self.shortestStall, .nanoseconds(interval * Self.stallIntervals))
        guard !overflow, age > limit else { return nil }
        node = source.node
        self.age = age
        overdue = age - max(Self.patience, limit + Self.patienceAfterStall)
    }

    /// For people.
    package var words: String { "no frame from \(node) for \(age / 1_000_000_000) s" }
}
