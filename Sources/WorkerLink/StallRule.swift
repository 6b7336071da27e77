/// How long a live source may be silent before that is a stall, and why so long.
///
/// A camera that has given pictures steadily is missed after two seconds; so is one whose first pictures came as far apart as its caps
/// state, or that does not answer when it is asked whether it is there. Any other of which too little is known may have one picture each
/// quarter of a minute, whatever its caps say, or save them while nothing moves: it is waited for while it shows that it is there.
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
    private static let settled = 4
    /// So many do, where the middle one is within these bounds of what the caps state: it sends them as it captures them.
    private static let confirming = 2
    private static let likeStated = 0.4...3.0
    /// No stall of one that is asked is shorter: it has been asked then, and had time to answer.
    private static let answered = 2.5
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
    /// Too little is known of its pictures: it may be wrong, and is given more time the next time.
    package let isGuess: Bool

    /// - Parameter now: CLOCK_MONOTONIC of the worker, nanoseconds.
    package init(for source: SourceProgress, at now: Int64) {
        let rhythm = source.rhythm
        if let allowed = rhythm.allowed {
            (basis, limit) = (.plan, max(Self.bounded(allowed), 1))
            (words, isGuess) = ("the plan allows \(Self.seconds(limit)) s", false)
            return
        }
        let interval = Self.bounded(source.interval)
        let survived = Self.bounded(rhythm.survived)
        let learnt = max(
            Self.shortest, interval * Self.intervals, min(Self.bounded(rhythm.longest) * Self.silences, Self.longest),
            min(survived * Self.silences, Self.longest))
        if rhythm.known >= Self.settled {
            (basis, limit, isGuess) = (.learnt, learnt, false)
            words =
                survived * Self.silences >= learnt
                ? "it has come back after \(Self.seconds(survived)) s before"
                : "one each \(Self.seconds(interval)) s is usual"
            return
        }
        let stated = min(Self.bounded(rhythm.stated), Self.longest)
        let known = max(learnt, stated * Self.intervals)
        if rhythm.known >= Self.confirming, stated > 0, Self.likeStated.contains(interval / stated),
            Self.bounded(rhythm.longest) <= stated * Self.likeStated.upperBound
        {
            (basis, limit, isGuess) = (.caps, known, false)
            words = "it states one each \(Self.seconds(stated)) s"
            return
        }
        if rhythm.isAsked, let last = source.lastFrame, !rhythm.hasShownLife(since: last), max(stated, interval) > 0 {
            (basis, limit, isGuess) = (stated > 0 ? .caps : .learnt, max(Self.answered, known), true)
            words =
                "it \(stated > 0 ? "states" : "had") one each \(Self.seconds(max(stated, interval))) s, and does not answer"
            return
        }
        let isAlive = rhythm.showsLife(at: now)
        let patience = isAlive ? Self.unknown.alive : Self.unknown.silent
        if stated * Self.intervals > max(learnt, patience) {
            (basis, limit, isGuess) = (.caps, stated * Self.intervals, false)
            words = "it states one each \(Self.seconds(stated)) s"
        } else if learnt > patience {
            (basis, limit, isGuess) = (.learnt, learnt, false)
            words = "one each \(Self.seconds(interval)) s is usual"
        } else {
            (basis, limit, isGuess) = (.session, patience, true)
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
