/// How long a live source may be silent before that is a stall, and why so long.
///
/// A camera that has given pictures steadily is missed after two seconds. One of which too little is known may have one picture each
/// quarter of a minute, or save them while nothing moves: it is waited for while it shows that it is there.
package struct StallRule: Sendable, Hashable {
    /// What a limit comes from.
    package enum Basis: String, Sendable, Hashable, CaseIterable {
        /// Front matter: `stall: 30s`.
        case plan
        /// The rate that the caps state.
        case caps
        /// How its pictures have come so far.
        case learnt
        /// Nothing is known of its pictures but that the session with it goes on, or does not.
        case session
    }

    /// No stall is shorter …
    private static let shortest = 2.0
    /// … than so many distances between pictures …
    private static let intervals = 5.0
    /// … or so many of the longest silence that ended by itself.
    private static let silences = 2.0
    /// So many distances make a rhythm: a camera sends its first pictures as fast as it can.
    private static let settled = 8
    /// While too little is known: without any sign of life, and with them. Seconds.
    private static let unknown = (silent: 10.0, alive: 60.0)
    /// Longer than that a camera's own silences are not waited for, seconds.
    private static let longest = 60.0
    /// A day between frames is no camera; the bound keeps a worker's nonsense out of the arithmetic.
    private static let bound = 86_400.0

    /// Where the limit comes from.
    package let basis: Basis
    /// Seconds.
    package let limit: Double
    /// For people: why so long.
    package let words: String

    /// - Parameter now: CLOCK_MONOTONIC of the worker, nanoseconds.
    package init(for source: SourceProgress, at now: Int64) {
        let rhythm = source.rhythm
        if let allowed = rhythm.allowed {
            (basis, limit) = (.plan, max(Self.bounded(allowed), 1))
            words = "the plan allows \(Self.seconds(limit)) s"
            return
        }
        let interval = Self.bounded(source.interval)
        let survived = Self.bounded(rhythm.survived)
        let learnt = max(
            Self.shortest, interval * Self.intervals, min(Self.bounded(rhythm.longest) * Self.silences, Self.longest),
            min(survived * Self.silences, Self.longest))
        if rhythm.known >= Self.settled {
            (basis, limit) = (.learnt, learnt)
            words =
                survived * Self.silences >= learnt
                ? "it has come back after \(Self.seconds(survived)) s before"
                : "one each \(Self.seconds(interval)) s is usual"
            return
        }
        let stated = min(Self.bounded(rhythm.stated), Self.longest)
        let isAlive = rhythm.showsLife(at: now)
        let patience = isAlive ? Self.unknown.alive : Self.unknown.silent
        if stated * Self.intervals > max(learnt, patience) {
            (basis, limit) = (.caps, stated * Self.intervals)
            words = "it states one each \(Self.seconds(stated)) s"
        } else if learnt > patience {
            (basis, limit) = (.learnt, learnt)
            words = "one each \(Self.seconds(interval)) s is usual"
        } else {
            (basis, limit) = (.session, patience)
            words = isAlive ? "it is connected, and how often one comes is not known yet" : "nothing else comes either"
        }
    }

    private static func bounded(_ seconds: Double?) -> Double {
        guard let seconds, seconds > 0 else { return 0 }
        return min(seconds, bound)
    }

    /// With as many digits as matter.
    private static func seconds(_ value: Double) -> String {
        let rounded = value < 1 ? (value * 100).rounded() / 100 : (value * 10).rounded() / 10
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
