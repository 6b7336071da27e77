/// Picks frames evenly at no more than a rate: the one rule for lanes that encode and for viewers who are sent what
/// was encoded. Times are nanoseconds of any clock.
///
/// The next due time moves on by whole intervals, so the rate does not drift with the source's jitter; a frame that
/// comes up to half a source interval early is taken, as the nearest there will be.
package struct RateLimit: Sendable {
    private var nextDue: Int64?

    /// A limit that takes the first frame that comes.
    package init() {}

    /// Whether the frame that came at `time` is to be taken.
    ///
    /// - Parameters:
    ///   - time: whatever a worker says; no value of it traps, and one that jumps begins anew.
    ///   - rate: frames per second; nil or infinite takes all, 0 or less none.
    ///   - sourceInterval: distance between the frames that come, where known.
    package mutating func takes(_ time: Int64, rate: Double?, sourceInterval: Int64?) -> Bool {
        guard let rate, rate.isFinite else {
            nextDue = nil
            return true
        }
        guard rate > 0 else { return false }
        let interval = Int64(1e9 / max(rate, 1e-3))
        let tolerance = min(max(sourceInterval ?? 0, 0) / 2, interval / 2)
        // A frame taken early leaves its due time up to one and a half intervals ahead of it.
        guard let due = nextDue, time &- due < interval, due &- time <= interval + interval / 2 else {
            // The first, or out of step: after a stall, or a changed rate.
            nextDue = time &+ interval
            return true
        }
        guard time &+ tolerance >= due else { return false }
        nextDue = due &+ interval
        return true
    }
}
