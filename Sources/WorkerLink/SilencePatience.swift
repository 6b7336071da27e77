/// What it has taught to give sources up.
///
/// That a camera whose session went on gave nothing for a while may have been its way, and to begin anew the wrong thing: the next time
/// it is given twice as long. So is one of which too little was known. A silence that it ends by itself then is one that it is known to
/// survive (`SourceRhythm.survived`).
package struct SilencePatience: Sendable {
    private static let longest: Int64 = .nanoseconds(60)
    /// After so long without another, the next is a first one again.
    private static let memory: Int64 = .nanoseconds(3600)

    private var patience: [String: Int64] = [:]
    /// When a source was given up last.
    private var latest: Int64 = 0

    /// Nothing has been given up yet.
    package init() {}

    /// A source is given up.
    ///
    /// - Parameter now: CLOCK_MONOTONIC, nanoseconds.
    package mutating func gaveUp(_ silence: SourceSilence, at now: Int64) {
        if now &- latest > Self.memory { patience = [:] }
        latest = now
        guard silence.showsLife || silence.rule.isGuess else { return }
        patience[silence.node] = min(Self.longest, max(2 * min(silence.age, Self.longest), patience[silence.node] ?? 0))
    }

    /// How long a source is waited for in any case, nanoseconds since its last frame.
    package func patience(with node: String, at now: Int64) -> Int64 {
        now &- latest > Self.memory ? 0 : patience[node] ?? 0
    }
}
