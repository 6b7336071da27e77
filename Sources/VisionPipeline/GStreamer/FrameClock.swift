/// Makes of the timestamps of one outlet the times that its frames carry: once, so that nothing behind it has to ask whether a
/// camera's clock was set, stopped, or says nothing.
///
/// A timestamp is the pace of a source, no more: it may go back, leap, stand still, be missing. What comes out always rises.
/// Confined to the outlet's streaming thread.
struct FrameClock: Sendable {
    /// What a frame carries.
    struct Reading: Hashable {
        /// Nanoseconds in the plan's time, zero at its start; of one outlet always rising.
        var time: Int64
        /// How often the source's clock has begun anew.
        var epoch: Int
        /// CLOCK_MONOTONIC, nanoseconds; never later than the arrival.
        var captured: Int64
    }

    /// Whether frames come as they are captured, so that the clock here can tell what their timestamps are worth.
    private let isLive: Bool
    /// CLOCK_MONOTONIC at running time zero.
    private let baseTime: Int64
    private var live = LiveTimestamps()
    private var film = FilmTimestamps()
    private var epoch = 0
    private var last: Int64?

    /// Seventy years; what is beyond is no time, and sums of such numbers stay numbers.
    private static let longest = Int64.max / 4

    /// - Parameter last: the time of the frame before, where the source was built anew: time goes on from there.
    init(isLive: Bool = false, baseTime: Int64 = 0, after last: Int64? = nil) {
        self.isLive = isLive
        self.baseTime = baseTime
        self.last = last
    }

    /// - Parameters:
    ///   - timestamp: running time, nanoseconds, negative before its segment's beginning; nil for a frame without one.
    ///   - arrival: CLOCK_MONOTONIC, nanoseconds.
    mutating func read(_ timestamp: Int64?, arrival: Int64) -> Reading {
        let stamp = timestamp.flatMap { abs(clamping: $0) < Self.longest ? $0 : nil }
        let now = arrival &- baseTime
        let (instant, isAnew) =
            isLive ? live.instant(of: stamp, now: now) : film.instant(of: stamp, after: last, now: now)
        if isAnew { epoch &+= 1 }
        let time = last.map { max(instant, $0 &+ (isLive ? Self.least : film.least)) } ?? instant
        last = time
        return Reading(time: time, epoch: epoch, captured: isLive ? min(baseTime &+ time, arrival) : arrival)
    }

    /// What a frame is put behind one that it cannot be before, nanoseconds: still told apart in milliseconds, as containers write.
    static let least: Int64 = 1_000_000

    private func abs(clamping value: Int64) -> Int64 { value == .min ? .max : Swift.abs(value) }
}
