/// Makes timestamps for a branch of those that frames have: strictly rising, whatever a camera's clock does.
struct BranchTimeline {
    /// A step back or ahead of more than this against the clock is a source that began anew, nanoseconds.
    private static let jump: Int64 = 2_000_000_000
    /// What a frame is put behind one that it should not be behind, nanoseconds: still told apart in milliseconds.
    private static let least: Int64 = 1_000_000

    /// Seventy years; what is beyond is no time, and sums of such numbers stay numbers.
    private static let longest = Int64.max / 4

    /// Nil until the first frame: the instant that is zero.
    private var origin: Int64?
    private var usesCapture = false
    private var last: (time: Int64, captured: Int64)?
    /// Distance between the last two frames, nanoseconds.
    private(set) var interval: Int64?

    /// - Parameters:
    ///   - timestamp: the frame's running time, nanoseconds.
    ///   - captured: CLOCK_MONOTONIC, nanoseconds; stands in for a timestamp that is missing.
    ///   - start: what is zero in the branch.
    /// - Returns: nanoseconds from the branch's beginning.
    mutating func time(timestamp: UInt64?, captured: Int64, isLive: Bool, start: BranchStart) -> UInt64 {
        if origin == nil { usesCapture = timestamp == nil }
        let captured = min(max(captured, -Self.longest), Self.longest)
        let instant = usesCapture ? captured : timestamp.map { Int64(min($0, UInt64(Self.longest))) }
        let zero: Int64
        if let origin {
            zero = origin
        } else {
            zero = start.origin(for: instant ?? captured)
            origin = zero
        }
        guard let last else {
            let time = max(0, (instant ?? zero) &- zero)
            self.last = (time, captured)
            return UInt64(time)
        }
        let step = interval ?? 33_000_000
        var time = instant.map { $0 &- zero } ?? last.time &+ step
        let passed = max(captured &- last.captured, 0)
        let isBack = time < last.time &- Self.jump
        // A live source cannot be further ahead than the clock has gone.
        let isAhead = isLive && time > last.time &+ passed &+ Self.jump
        if isBack || isAhead {
            let anew = last.time &+ (isLive && passed > 0 ? passed : step)
            origin = zero &+ (time &- anew)
            time = anew
        } else if time <= last.time {
            time = last.time &+ Self.least
        } else {
            interval = time - last.time
        }
        self.last = (time, captured)
        return UInt64(max(time, 0))
    }
}
