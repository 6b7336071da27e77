/// What has come by a point of a plan so far, and how fast.
struct ArrivalMeter {
    private(set) var count: UInt64 = 0
    /// Of the newest, CLOCK_MONOTONIC nanoseconds; nil before the first.
    private(set) var last: Int64?
    private var rates = RateMeter()
    private var intervals = History<Int64>(capacity: 32)

    mutating func note(_ time: Int64) {
        if let last { intervals.append(time - last) }
        count += 1
        last = time
        rates.note(time)
    }

    func rate(at now: Int64) -> Double { rates.rate(at: now) }

    /// Seconds; nil before two have come.
    var medianInterval: Double? {
        let known = intervals.elements.filter { $0 > 0 }.sorted()
        return known.isEmpty ? nil : Double(known[known.count / 2]) / 1e9
    }
}
