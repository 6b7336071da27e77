/// Two ways to do one thing, measured in turn, so that a machine with other work hurts both alike.
struct Comparison {
    /// Does the work so many times and tells the nanoseconds that this took.
    typealias Work = (_ count: Int) throws -> Int64

    /// Nanoseconds of one time, the median of the rounds.
    private(set) var ours: Double
    /// The same of the floor; nil without one.
    private(set) var floor: Double?
    /// Ours over the floor, the median of each round's.
    private(set) var ratio: Double?

    /// - Parameters:
    ///   - rounds: odd.
    ///   - roundTime: about how long either side of a round takes, nanoseconds.
    init(rounds: Int = 9, roundTime: Double = 25_000_000, ours: Work, floor: Work? = nil) throws {
        // Warm, and how long it takes.
        _ = try ours(1)
        let single = Double(max(try ours(1), 1))
        let count = max(Int(roundTime / single), 1)
        var floorCount = 1
        if let floor {
            _ = try floor(1)
            floorCount = max(Int(roundTime / Double(max(try floor(1), 1))), 1)
        }
        var (mine, others, ratios): ([Double], [Double], [Double]) = ([], [], [])
        for _ in 0..<rounds {
            let time = Double(try ours(count)) / Double(count)
            mine.append(time)
            guard let floor else { continue }
            let other = Double(try floor(floorCount)) / Double(floorCount)
            others.append(other)
            ratios.append(time / other)
        }
        self.ours = mine.median ?? 0
        self.floor = others.median
        ratio = ratios.median
    }
}

extension [Double] {
    var median: Double? { isEmpty ? nil : sorted()[count / 2] }
}
