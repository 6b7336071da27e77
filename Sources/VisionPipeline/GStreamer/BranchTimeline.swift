/// A branch's own timestamps: those of its frames, counted from its beginning.
struct BranchTimeline {
    /// The instant that is zero, and the time of the frame before.
    private var origin: Int64?
    private var last: Int64?
    /// Distance between the last two frames, nanoseconds.
    private(set) var interval: Int64?

    /// - Parameters:
    ///   - time: the frame's; it rises, but where a stage makes two frames of one.
    ///   - start: what is zero in the branch.
    /// - Returns: nanoseconds from the branch's beginning, always rising.
    mutating func time(of time: Int64, start: BranchStart) -> UInt64 {
        let zero = origin ?? start.origin(for: time)
        origin = zero
        let since = max(time &- zero, 0)
        guard let last else {
            self.last = since
            return UInt64(since)
        }
        let next = max(since, last &+ 1)
        interval = next &- last
        self.last = next
        return UInt64(next)
    }
}
