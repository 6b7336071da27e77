/// When a branch that has failed is made again: soon at first, then less and less often.
struct BranchRetries {
    /// Seconds.
    private static let first = 1.0
    private static let longest = 60.0
    /// A branch that ran for so long starts over, nanoseconds.
    private static let good: Int64 = 30_000_000_000

    private var delay = Self.first

    /// Seconds from now.
    ///
    /// - Parameter ran: how long the branch had run, nanoseconds.
    mutating func next(after ran: Int64) -> Double {
        if ran >= Self.good { delay = Self.first }
        defer { delay = min(delay * 2, Self.longest) }
        // Branches that failed together shall not come back together.
        return delay * Double.random(in: 0.8...1.2)
    }
}
