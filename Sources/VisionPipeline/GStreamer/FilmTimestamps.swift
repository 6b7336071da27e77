/// The instants of a film's frames, whose arrival says little: their own timestamps, and where those cannot be, a frame's distance on.
struct FilmTimestamps: Sendable {
    /// What timestamps are off by since they last began anew.
    private var offset: Int64 = 0
    private var last: (stamp: Int64?, now: Int64)?
    /// Frames since the timestamps last moved.
    private var unmoved = 0
    /// Distance between two frames, nanoseconds.
    private(set) var interval: Int64?

    /// A step back of more than this is a film that began anew: it was wound back, or plays in a loop.
    private static let back: Int64 = 1_000_000_000
    /// A film's gap is a gap: only one that is longer than this, and than the wait for it, is none.
    private static let leap: Int64 = 60_000_000_000
    /// What stands still for so many frames says nothing.
    private static let mostAlike = 3

    /// What the next frame is later at the least: films may have more frames than a thousand a second.
    var least: Int64 { interval.map { min($0 / 2, FrameClock.least) } ?? FrameClock.least }

    /// - Parameters:
    ///   - stamp: running time, nanoseconds.
    ///   - time: of the frame before.
    ///   - now: when it came, running time.
    /// - Returns: running time, and whether the timestamps have begun anew.
    mutating func instant(of stamp: Int64?, after time: Int64?, now: Int64) -> (instant: Int64, isAnew: Bool) {
        guard let last else {
            last = (stamp, now)
            guard let time else { return (stamp ?? 0, false) }
            // Built anew, a film begins at its beginning, and time goes on.
            let next = time &+ FrameClock.least
            if let stamp { offset = next &- stamp }
            return (next, false)
        }
        guard let time else { return (stamp ?? 0, false) }
        let passed = max(now &- last.now, 0)
        let moved = stamp.map { $0 &- (last.stamp ?? $0) } ?? 0
        self.last = (stamp ?? last.stamp, now)
        // Where nothing ever said how far frames are apart, it is as far as they come.
        let next = time &+ (interval ?? min(max(passed, FrameClock.least), Self.back))
        if let stamp, moved != 0 {
            if moved > 0, moved < Self.leap { interval = moved / Int64(unmoved + 1) }
            unmoved = 0
            return placed(stamp &+ offset, after: time, next: next, passed: passed)
        }
        unmoved += 1
        guard let stamp, unmoved < Self.mostAlike else { return (next, false) }
        return placed(stamp &+ offset, after: time, next: next, passed: passed)
    }

    private mutating func placed(_ instant: Int64, after time: Int64, next: Int64, passed: Int64)
        -> (instant: Int64, isAnew: Bool)
    {
        guard instant < time &- Self.back || instant > time &+ passed &+ Self.leap else { return (instant, false) }
        offset = offset &+ (next &- instant)
        return (next, true)
    }
}
