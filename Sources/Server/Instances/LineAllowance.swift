/// How many lines something may have in the log: a few at once, then one a minute. Pure.
struct LineAllowance: Sendable {
    /// Lines that may come at once.
    private static let burst = 12
    /// One more after each; nanoseconds.
    static let pause: Int64 = .seconds(60)

    private var left: Int
    private var refilled: Int64

    /// - Parameters:
    ///   - now: CLOCK_MONOTONIC, nanoseconds, here and below.
    ///   - isSpent: the first line has to wait as well.
    init(at now: Int64, isSpent: Bool = false) {
        (left, refilled) = (isSpent ? 0 : Self.burst, now)
    }

    /// Whether a line may come by now.
    mutating func hasLine(at now: Int64) -> Bool {
        let periods = (now - refilled) / Self.pause
        if periods > 0 {
            left = Int(min(Int64(left) + periods, Int64(Self.burst)))
            refilled += periods * Self.pause
        }
        return left > 0
    }

    /// One has come, allowed or not.
    mutating func spend() { left = max(0, left - 1) }
}
