/// The rate at which the fastest of some viewers can take pictures, judged second by second; pure.
///
/// What nobody can take need not be encoded. A limit leaves a quarter of room above what was taken, so that it shows when
/// more can be.
struct TakenRate {
    private static let window: Int64 = 1_000_000_000
    /// As slow as it gets, pictures per second: somebody whose socket is stuck shall see soon that it is not.
    private static let slowest = 1.0
    /// Above it nothing is left to limit.
    private static let fastest = 240.0
    private static let room = 1.25
    private static let growth = 1.6

    /// Pictures per second; nil: all.
    private(set) var limit: Double?
    private var begun: (ordinal: UInt64, at: Int64)?

    /// - Parameter now: CLOCK_MONOTONIC, nanoseconds.
    func isOver(at now: Int64) -> Bool {
        begun.map { now - $0.at >= Self.window } ?? true
    }

    /// - Returns: whether there was a limit, which there is no longer.
    mutating func reset() -> Bool {
        defer { (limit, begun) = (nil, nil) }
        return limit != nil
    }

    /// Judges the time since it was asked last.
    ///
    /// - Parameters:
    ///   - taken: pictures that the fastest viewer got in that time.
    ///   - ordinal: of the picture that is there now.
    /// - Returns: whether the limit is another one.
    mutating func judge(taken: Int, ordinal: UInt64, at now: Int64) -> Bool {
        defer { begun = (ordinal, now) }
        guard let begun, ordinal > begun.ordinal, now > begun.at else { return false }
        let made = Double(ordinal - begun.ordinal)
        let before = limit
        if Double(taken) < 0.7 * made, made >= 3 {
            limit = max(Self.slowest, Double(taken) * 1e9 / Double(now - begun.at) * Self.room)
        } else if let limit, taken > 0, Double(taken) >= 0.9 * made {
            self.limit = limit * Self.growth < Self.fastest ? limit * Self.growth : nil
        }
        return limit != before
    }
}
