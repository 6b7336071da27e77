/// What has come by a point of a plan so far, and how fast.
struct ArrivalMeter {
    private(set) var count: UInt64 = 0
    /// Of the newest, CLOCK_MONOTONIC nanoseconds; nil before the first.
    private(set) var last: Int64?
    private var rates = RateMeter()
    private var intervals = History<Int64>(capacity: 32)
    private var isFirst = true

    /// - Returns: nanoseconds since the one before; nil where it is the first of an attempt.
    @discardableResult
    mutating func note(_ time: Int64) -> Int64? {
        let gap = isFirst ? nil : last.map { time - $0 }
        if let gap { intervals.append(gap) }
        isFirst = false
        count += 1
        last = time
        rates.note(time)
        return gap
    }

    /// Another attempt begins: how long it takes to the next is no distance, and the source may have become another one.
    mutating func begin() {
        isFirst = true
        intervals.removeAll()
    }

    func rate(at now: Int64) -> Double { rates.rate(at: now) }

    /// How many distances are known.
    var known: Int { intervals.count }

    /// Seconds; nil before two have come.
    var longestInterval: Double? { intervals.elements.max().map { Double($0) / 1e9 } }

    /// Seconds; nil before two have come.
    var medianInterval: Double? {
        let known = intervals.elements.filter { $0 > 0 }.sorted()
        return known.isEmpty ? nil : Double(known[known.count / 2]) / 1e9
    }
}
