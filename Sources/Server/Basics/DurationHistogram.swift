/// How long something took, counted by classes as Prometheus' histograms are.
struct DurationHistogram: Sendable, Hashable {
    /// Upper ends of the classes, nanoseconds; the last one, without an end, is not among them.
    static let bounds: [Int64] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].map { $0 * 1_000_000 }

    /// By class, not summed up.
    private(set) var counts = [UInt64](repeating: 0, count: bounds.count + 1)
    /// Nanoseconds.
    private(set) var sum: UInt64 = 0

    var count: UInt64 { counts.reduce(0, +) }

    /// - Parameters:
    ///   - duration: nanoseconds; what is negative counts as 0.
    ///   - times: how often.
    mutating func record(_ duration: Int64, times: UInt64 = 1) {
        let place = Self.bounds.firstIndex { duration <= $0 } ?? Self.bounds.count
        counts[place] &+= times
        sum &+= UInt64(max(0, duration)) &* times
    }
}
