/// When the frames of one outlet were captured: CLOCK_MONOTONIC, nanoseconds.
///
/// For a live source that is base time + running time of the timestamp. What a timestamp can be is held to what can be true: no
/// source captures in the future, or long before its frame arrives; where timestamps jump, they are counted anew from the arrival.
struct CaptureClock: Sendable {
    var isLive = false
    /// CLOCK_MONOTONIC at running time zero.
    var baseTime: Int64 = 0

    /// What the timestamps are off by.
    private var correction: Int64 = 0

    /// The oldest that a frame can be when it arrives; beyond it the clock of the timestamps is another one.
    private static let oldest: Int64 = 10_000_000_000
    /// How far ahead of its arrival a timestamp may be by rounding and jitter; what is captured then counts as now.
    private static let ahead: Int64 = 1_000_000_000

    init(isLive: Bool = false, baseTime: Int64 = 0) {
        self.isLive = isLive
        self.baseTime = baseTime
    }

    /// - Parameter timestamp: running time, nanoseconds; nil for a frame without one.
    mutating func captured(at timestamp: UInt64?, arrival: Int64) -> Int64 {
        guard isLive, let timestamp, let running = Int64(exactly: timestamp) else { return arrival }
        let instant = baseTime &+ running &+ correction
        let (age, overflow) = arrival.subtractingReportingOverflow(instant)
        guard !overflow, (-Self.ahead...Self.oldest).contains(age) else {
            correction = arrival &- baseTime &- running
            return arrival
        }
        return min(instant, arrival)
    }
}
