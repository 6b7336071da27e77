/// Counts the time of a stage's frames from a branch's beginning. That time rises by itself; here it only has to go on rising where
/// frames of several sources come together, and where a muxer reads it in milliseconds.
struct BranchTimeline {
    /// Nil until the first frame: the instant that is zero.
    private var origin: Int64?
    private var last: Int64?
    /// Distance between the last two frames, nanoseconds.
    private(set) var interval: Int64?

    /// - Parameters:
    ///   - frame: the frame's time, nanoseconds.
    ///   - start: what is zero in the branch.
    ///   - captured: CLOCK_MONOTONIC, nanoseconds; nil where it is not known.
    /// - Returns: nanoseconds from the branch's beginning.
    mutating func time(of frame: Int64, start: BranchStart, captured: Int64? = nil) -> UInt64 {
        let zero = origin ?? start.origin(for: frame, at: captured)
        origin = zero
        var time = max(frame &- zero, 0)
        if let last {
            if time > last { interval = time - last } else { time = last &+ FrameClock.least }
        }
        last = time
        return UInt64(max(time, 0))
    }
}
