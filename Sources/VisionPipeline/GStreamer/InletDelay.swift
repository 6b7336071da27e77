/// How late what comes by one of several ways into a branch is by its timestamps: what makes one picture of several waits for so
/// long, and no longer. A pipeline of GStreamer's own would be told by the sources; these are behind a cut.
///
/// Pictures count as late as the soonest of the last second: an element that makes one of several waits a picture's time in any case.
/// Sound counts as late as the latest, since what is missing of it is heard.
struct InletDelay: Sendable {
    /// Nanoseconds, of each round.
    private static let round: Int64 = 1_000_000_000
    /// What differs by less is the same, nanoseconds.
    private static let least: Int64 = 3_000_000
    private static let framesOfRound = 4
    /// Sound is believed to be sooner again after so many rounds.
    private static let roundsOfSound = 10

    private var declared: Int64?
    private var found: (soonest: Int64, latest: Int64, count: Int) = (.max, .min, 0)
    private var since: Int64?
    private var lower = 0
    /// Frames a second of the last round; nil but right after one.
    private var rate: Double?
    private var room: UInt64 = 0

    /// - Parameters:
    ///   - delay: from capture to arrival, nanoseconds.
    ///   - now: CLOCK_MONOTONIC, nanoseconds.
    /// - Returns: what is to be told, where that is different from before.
    mutating func note(_ delay: Int64, of media: StreamCaps.Media, at now: Int64) -> Int64? {
        let delay = max(delay, 0)
        guard let told = declared, let since else {
            (declared, since) = (delay, now)
            return delay
        }
        found = (min(found.soonest, delay), max(found.latest, delay), found.count + 1)
        let isSound = media == .sound
        if isSound, delay > told &+ Self.least { return tell(delay &+ Self.least) }
        guard found.count >= Self.framesOfRound, now &- since >= Self.round else { return nil }
        rate = Double(found.count) / (Double(now &- since) / 1e9)
        let new = isSound ? found.latest : found.soonest
        (found, self.since) = ((.max, .min, 0), now)
        guard (new &- told).magnitude > UInt64(Self.least) else {
            lower = 0
            return nil
        }
        if isSound, new < told {
            lower += 1
            guard lower >= Self.roundsOfSound else { return nil }
        }
        return tell(new)
    }

    /// So many frames wait for those of the latest way, where that number is another than before; asked once a round.
    ///
    /// - Parameter longest: of all ways, nanoseconds.
    mutating func room(besides longest: () -> Int64) -> UInt64? {
        guard let rate = rate.take() else { return nil }
        let ahead = Double(max(longest() &- (declared ?? 0), 0)) / 1e9
        let new = UInt64(min((ahead * rate).rounded(.up), Self.mostWaiting))
        guard new != room else { return nil }
        room = new
        return new
    }

    /// Of large pictures more would be too much memory.
    private static let mostWaiting = 60.0

    private mutating func tell(_ delay: Int64) -> Int64 {
        lower = 0
        declared = delay
        return delay
    }
}
