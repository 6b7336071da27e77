/// The instants of a live source's frames: what their timestamps say, held to what their arrival shows can be true.
///
/// Nothing is captured in the future. How late a frame comes is the source's, the network's and the decoder's delay, and is believed
/// as it grows and shrinks; but after a break (a pause, a leap, a clock that stood still) timestamps are counted from somewhere else,
/// seconds off at times, and a jitter buffer takes half a minute to bring them back. For so long the frames that come soonest are
/// taken to be as late as the soonest were before the break: a delay that the break itself has left over would be no fact of the
/// camera.
///
/// A clock that has just begun is no broken one: rtspsrc counts from the first packet, however late that came, and finds the arrival
/// of the soonest in its first two seconds. Meanwhile frames may be ahead, and are as old as their arrival.
struct LiveTimestamps: Sendable {
    /// What timestamps are off by.
    private var offset: Int64 = 0
    private var last: Frame?
    private var lastArrival: Int64?
    private var usual = UsualDelay()
    /// Until when the delay is held to what it was; nil: it is believed.
    private var heldUntil: Int64?
    /// Of frames since the delay was last put right.
    private var soonest = (delay: Int64.max, count: 0, since: Int64(0))
    /// When the first frame with a timestamp came.
    private var began: Int64?
    /// Since when timestamps have been ahead, and what they said then.
    private var ahead: (now: Int64, stamp: Int64)?

    /// The newest frame that had a timestamp.
    private struct Frame {
        var stamp: Int64
        var now: Int64
        var delay: Int64
        /// When a timestamp last differed from the one before.
        var moved: Int64
    }

    /// Beyond these it is another clock that timestamps are of, nanoseconds.
    private static let farthestAhead: Int64 = 10_000_000_000
    private static let oldest: Int64 = 30_000_000_000
    private static let back: Int64 = 1_000_000_000
    /// By so much a delay may grow from one frame to the next by what happens to networks.
    private static let leap: Int64 = 10_000_000_000
    /// What breaks a source's time, without another clock: so long a silence, or a timestamp that stands still so long.
    private static let pause: Int64 = 1_000_000_000
    /// A step back of more than jitter, and a timestamp that is ahead by more than rounding.
    private static let stumble: Int64 = 100_000_000
    private static let rounding: Int64 = 5_000_000
    /// How long a jitter buffer may take to find its pace at first, and how far it may be ahead then.
    private static let beginning: Int64 = 3_000_000_000
    /// How long it may take to find its pace again, a tenth of a second each second at first; and how often its
    /// timestamps are put right meanwhile.
    private static let settling: Int64 = 30_000_000_000
    private static let round: Int64 = 200_000_000
    private static let framesOfRound = 5

    /// - Parameters:
    ///   - stamp: running time, nanoseconds.
    ///   - now: the frame's arrival, running time.
    /// - Returns: running time, and whether the timestamps have begun anew.
    mutating func instant(of stamp: Int64?, now: Int64) -> (instant: Int64, isAnew: Bool) {
        if let lastArrival, now &- lastArrival > Self.pause { hold(from: now) }
        lastArrival = now
        guard let stamp else { return (now &- usual.delay, false) }
        let isStanding = last.map { $0.stamp == stamp && now &- $0.moved > Self.pause } ?? false
        if isStanding {
            hold(from: now)
            return (now &- usual.delay, false)
        }
        var delay = now &- stamp &- offset
        var isAnew = isOfAnotherClock(stamp, delay, now)
        if isAnew {
            move(by: delay &- usual.delay, from: now)
            delay = usual.delay
        }
        if isBroken(stamp, delay, now) { hold(from: now) }
        if let correction = correction(of: delay, now: now) {
            isAnew = isAnew || correction > Self.back
            offset = offset &+ correction
            delay = delay &- correction
        }
        let isFirst = last == nil
        note(stamp, delay, now)
        let least = heldUntil == nil ? 0 : usual.delay
        return (now &- max(delay, least), isAnew && !isFirst)
    }

    private func isBroken(_ stamp: Int64, _ delay: Int64, _ now: Int64) -> Bool {
        if let last, last.stamp &- stamp > Self.stumble { return true }
        return delay < -Self.rounding && !(isBeginning(now) && delay > -Self.back)
    }

    private func isBeginning(_ now: Int64) -> Bool { began.map { now &- $0 < Self.beginning } ?? true }

    private mutating func isOfAnotherClock(_ stamp: Int64, _ delay: Int64, _ now: Int64) -> Bool {
        guard (-Self.farthestAhead...Self.oldest).contains(delay) else { return true }
        guard let last else { return false }
        // Stood still, and goes on somewhere else.
        let stood = now &- last.moved > Self.pause && now &- last.now <= Self.pause
        if stood, delay > usual.delay &+ Self.back { return true }
        if last.stamp &- stamp > Self.back || delay &- last.delay > Self.leap { return true }
        return isAheadForGood(stamp, delay, now)
    }

    /// Timestamps that are ahead and go at a clock's pace stay so. Those of a jitter buffer that has had too much at once do not: it
    /// lets them stand until the time has come.
    private mutating func isAheadForGood(_ stamp: Int64, _ delay: Int64, _ now: Int64) -> Bool {
        guard delay < -Self.back else {
            ahead = nil
            return false
        }
        guard let since = ahead else {
            ahead = (now, stamp)
            return false
        }
        guard now &- since.now > 2 * Self.back else { return false }
        ahead = (now, stamp)
        return stamp &- since.stamp > (now &- since.now) / 2
    }

    private mutating func move(by correction: Int64, from now: Int64) {
        offset = offset &+ correction
        ahead = nil
        hold(from: now)
    }

    private mutating func hold(from now: Int64) {
        if heldUntil == nil { soonest = (.max, 0, now) }
        heldUntil = now &+ Self.settling
    }

    /// What timestamps are to be moved by, so that the soonest frames of a round are as late as they used to be.
    private mutating func correction(of delay: Int64, now: Int64) -> Int64? {
        guard let until = heldUntil else { return nil }
        if now >= until {
            heldUntil = nil
            return nil
        }
        soonest.delay = min(soonest.delay, delay)
        soonest.count += 1
        guard soonest.count >= Self.framesOfRound, now &- soonest.since >= Self.round else { return nil }
        defer { soonest = (.max, 0, now) }
        let correction = soonest.delay &- usual.delay
        return correction > -Self.back ? correction : nil
    }

    private mutating func note(_ stamp: Int64, _ delay: Int64, _ now: Int64) {
        let moved = last.map { $0.stamp == stamp ? $0.moved : now } ?? now
        // What frames were late by in the beginning says nothing any more, but while it is what a break is judged by.
        if heldUntil == nil, let last, isBeginning(last.now), !isBeginning(now) { usual = UsualDelay() }
        last = Frame(stamp: stamp, now: now, delay: delay, moved: moved)
        began = began ?? now
        if heldUntil == nil, delay >= -Self.rounding { usual.note(delay, now: now) }
    }
}

/// The delay of the frames that came soonest, of the last ten seconds or so.
private struct UsualDelay: Sendable {
    private var former: Int64?
    private var newest: (delay: Int64, since: Int64)?
    private static let span: Int64 = 5_000_000_000

    /// Nanoseconds.
    var delay: Int64 {
        guard let newest else { return 0 }
        return max(min(former ?? newest.delay, newest.delay), 0)
    }

    mutating func note(_ delay: Int64, now: Int64) {
        guard let newest else { return self.newest = (delay, now) }
        if now &- newest.since > Self.span {
            former = newest.delay
            self.newest = (delay, now)
        } else {
            self.newest = (min(newest.delay, delay), newest.since)
        }
    }
}
