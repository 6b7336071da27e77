/// Picks frames evenly at no more than a rate. Times are nanoseconds.
///
/// The next due time moves on by whole intervals, so the rate does not drift with the source's jitter; a frame that
/// comes up to half a source interval early is taken, as the nearest there will be.
struct RateLimit {
    private var nextDue: Int64?

    /// Whether the frame that came at `time` is to be taken.
    ///
    /// - Parameters:
    ///   - rate: frames per second; nil or infinite takes all, 0 or less none.
    ///   - sourceInterval: distance between the source's frames, where known.
    mutating func takes(_ time: Int64, rate: Double?, sourceInterval: Int64?) -> Bool {
        guard let rate, rate.isFinite else {
            nextDue = nil
            return true
        }
        guard rate > 0 else { return false }
        let interval = Int64(1e9 / max(rate, 1e-3))
        let tolerance = min((sourceInterval ?? 0) / 2, interval / 2)
        guard let due = nextDue, time - due < interval, due - time <= interval else {
            // The first, or out of step: after a stall, or a changed rate.
            nextDue = time + interval
            return true
        }
        guard time + tolerance >= due else { return false }
        nextDue = due + interval
        return true
    }
}
