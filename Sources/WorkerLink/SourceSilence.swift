/// A live source that gave frames and gives none.
///
/// One rule for both sides: the server judges by it how an instance is, and a worker which of several sources has to be built anew.
/// Silence is measured in the worker's own time, so that a server that was held up does not take its own pause for the camera's.
package struct SourceSilence: Sendable, Hashable {
    /// The attempt is given up this long after the last frame …
    private static let patience: Int64 = .nanoseconds(5)
    /// … but never sooner than this after the stall was seen.
    private static let patienceAfterStall: Int64 = .nanoseconds(3)

    /// Node id.
    package var node: String
    /// Nanoseconds since its last frame.
    package var age: Int64
    /// What makes it a stall.
    package var rule: StallRule
    /// Something has come since the last frame that shows that it is there.
    package var showsLife: Bool

    /// Nil for a source that gives frames, or is not expected to.
    ///
    /// - Parameter now: CLOCK_MONOTONIC of the worker, nanoseconds.
    package init?(of source: SourceProgress, at now: Int64) {
        guard source.isLive, !source.hasEnded, let last = source.lastFrame else { return nil }
        let (age, overflow) = now.subtractingReportingOverflow(last)
        let rule = StallRule(for: source, at: now)
        guard !overflow, age > .nanoseconds(rule.limit) else { return nil }
        node = source.node
        self.age = age
        self.rule = rule
        showsLife = source.rhythm.hasShownLife(since: last)
    }

    /// Nanoseconds since a fresh start has become the better hope; negative before.
    ///
    /// - Parameter patience: nanoseconds of silence that are waited for in any case.
    package func overdue(withPatience patience: Int64 = 0) -> Int64 {
        age - max(Self.patience, .nanoseconds(rule.limit) + Self.patienceAfterStall, patience)
    }

    /// For people.
    package var words: String {
        let life = showsLife && rule.basis != .session ? ", and it is still connected" : ""
        return "no frame from \(node) for \(age / 1_000_000_000) s: \(rule.words)\(life)"
    }
}
