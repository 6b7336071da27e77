/// How many pictures may be under way to one viewer's channel: those sent and not yet acknowledged.
///
/// Enough to fill the way there and back, and for those that the viewer acknowledges together, so that a distant viewer has
/// the full rate; and no more, so that what it sees is never old. Times are CLOCK_MONOTONIC nanoseconds.
struct TapChannelWindow {
    private static let smallest = 2
    private static let largest = 8
    /// Weight of a new round trip, as TCP has it (RFC 6298, 2.3).
    private static let gain = 1.0 / 8

    private struct Sent {
        var sequence: UInt64
        var at: Int64
    }

    private var roundTrip: Double?
    /// Distance of two frames, nanoseconds.
    private var interval: Double?
    /// Pictures that one acknowledgement was for, of late the most.
    private var together = 1
    private var last: (sequence: UInt64, captured: Int64)?
    private var count = 0
    /// The first so many, oldest first; in place, since it is looked at for each picture.
    private var unacknowledged = InlineArray<8, Sent>(repeating: Sent(sequence: 0, at: 0))

    var isOpen: Bool { count < limit }

    /// Whether an acknowledgement is to be expected by now.
    var isDue: Bool { count >= together || !isOpen }

    /// ceil(RTT × fps) + as many as an acknowledgement is for, from 2 to 8.
    var limit: Int {
        guard let roundTrip, let interval, interval > 0 else { return Self.smallest }
        let underWay = (roundTrip / interval).rounded(.up)
        guard underWay < Double(Self.largest) else { return Self.largest }
        return min(max(Self.smallest, Int(underWay) + together), Self.largest)
    }

    /// - Parameter highestRate: frames per second that the viewer asked for at most; nil for every frame.
    mutating func sent(_ sequence: UInt64, captured: Int64, at now: Int64, highestRate: Double?) {
        if let last, sequence > last.sequence, captured > last.captured {
            // By number: frames that the viewer skipped are no slower source. A worker says when a frame was captured;
            // whatever it says must not trap here.
            let source = (Double(captured) - Double(last.captured)) / Double(sequence - last.sequence)
            interval = max(source, highestRate.map { 1e9 / $0 } ?? 0)
        }
        last = (sequence, captured)
        // The last picture of all is sent whether there is room or not.
        guard count < Self.largest else { return }
        unacknowledged[count] = Sent(sequence: sequence, at: now)
        count += 1
    }

    /// The viewer has looked away: what was under way will never be shown, nor acknowledged.
    mutating func forget() {
        count = 0
    }

    /// Everything up to this number has been shown. What was never sent changes nothing.
    ///
    /// - Parameter arrival: of the acknowledgement.
    mutating func acknowledge(_ sequence: UInt64, _ arrival: ArrivalTime) {
        guard let newest = (0..<count).last(where: { unacknowledged[$0].sequence <= sequence }) else { return }
        let sentAt = unacknowledged[newest].at
        measure(arrival.noEarlier(than: sentAt), sentAt: sentAt)
        together = max(newest + 1, together - (newest + 1 < together ? 1 : 0))
        for place in newest + 1..<count { unacknowledged[place - newest - 1] = unacknowledged[place] }
        count -= newest + 1
    }

    private mutating func measure(_ arrival: ArrivalTime, sentAt: Int64) {
        let sample = Double(max(0, arrival.middle - sentAt))
        guard let roundTrip else {
            roundTrip = sample
            return
        }
        // Pictures had stopped, and nobody read: that says nothing unless it cannot be as it was.
        let couldBe = Double(arrival.earliest - sentAt)...Double(arrival.latest - sentAt)
        if Double(arrival.length) > 2 * (interval ?? 0), couldBe.contains(roundTrip) { return }
        self.roundTrip = roundTrip + Self.gain * (sample - roundTrip)
    }
}
