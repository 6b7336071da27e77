import TestSupport
import Testing
import WorkerLink

@Suite("The limit of a rate")
struct RateLimitTests {
    static let second: Int64 = 1_000_000_000

    /// Which of the frames of a source are taken, the source's frames coming up to `jitter` early or late.
    static func taken(source: Double, wanted: Double?, seconds: Int, jitter: Int64 = 0) -> [Int] {
        var limit = RateLimit()
        let interval = Double(second) / source
        return (0..<Int(source) * seconds).filter { number in
            let shift = jitter * Int64([0, 1, -1, 1, 0, -1][number % 6])
            return limit.takes(
                Int64(Double(number) * interval) + shift, rate: wanted, sourceInterval: Int64(interval))
        }
    }

    @Test(
        "thins evenly to the rate asked, without drift",
        arguments: [(30.0, 10.0), (30, 15), (30, 1), (30, 25), (60, 24), (30, 29.97), (25, 0.5), (50, 12.5)],
        [Int64(0), 5_000_000])
    func thins(_ rates: (source: Double, wanted: Double), jitter: Int64) {
        let taken = Self.taken(source: rates.source, wanted: rates.wanted, seconds: 20, jitter: jitter)
        #expect(abs(Double(taken.count) - 20 * rates.wanted) <= 1.5)
        let gaps = zip(taken.dropFirst(), taken).map { $0 - $1 }
        let ideal = rates.source / rates.wanted
        #expect(gaps.allSatisfy { Double($0) > ideal - 1.01 && Double($0) < ideal + 1.01 })
    }

    @Test("a slower source than asked gives every frame, with jitter too", arguments: [10.0, 30, 100, nil])
    func slowSource(_ wanted: Double?) {
        #expect(Self.taken(source: 10, wanted: wanted, seconds: 5, jitter: 20_000_000).count == 50)
    }

    @Test("no rate takes nothing, and a stall is not made up for")
    func edges() {
        var limit = RateLimit()
        let taken1 = limit.takes(0, rate: 0, sourceInterval: nil)
        #expect(!taken1)
        let taken2 = limit.takes(0, rate: 10, sourceInterval: nil)
        #expect(taken2)
        let taken3 = limit.takes(60 * Self.second, rate: 10, sourceInterval: nil)
        #expect(taken3)
        let taken4 = limit.takes(60 * Self.second + 1, rate: 10, sourceInterval: nil)
        #expect(!taken4)
        // Time that goes back does not silence the tap.
        let taken5 = limit.takes(0, rate: 10, sourceInterval: nil)
        #expect(taken5)
        let taken6 = limit.takes(1, rate: .infinity, sourceInterval: nil)
        #expect(taken6)
        let taken7 = limit.takes(1, rate: 1e300, sourceInterval: nil)
        #expect(taken7)
    }

    @Test("a burst after a frame that came early is no new beginning")
    func burst() {
        var limit = RateLimit()
        let millisecond = Self.second / 1000
        var before: Int64?
        let taken = [0, 80, 81, 82, 200].filter { time in
            defer { before = Int64(time) * millisecond }
            let distance = before.map { Int64(time) * millisecond - $0 }
            return limit.takes(Int64(time) * millisecond, rate: 10, sourceInterval: distance)
        }
        // The frame at 80 ms is within half a source interval of the one that was due at 100 ms.
        #expect(taken == [0, 80, 200])
    }

    @Test("no time traps, and none upsets the rate of what comes afterwards")
    func extremes() {
        for rate in [1e-300, 0.1, 10, 1e300] {
            var limit = RateLimit()
            var random = SeededGenerator.announced()
            let times: [Int64] = [.max, .min, 0, -1, 1, .max - 1, .min + 1]
            var taken = 0
            for _ in 0..<1000 {
                let time = times.randomElement(using: &random) ?? 0
                let isTaken = limit.takes(time, rate: rate, sourceInterval: times.randomElement(using: &random))
                taken += isTaken ? 1 : 0
            }
            // At least the first, and whatever is far from it.
            #expect(taken > 1)
            // Of frames twice as often as wanted every other is taken; a thousandth a second is the lowest rate.
            let interval = Int64(1e9 / max(rate, 1e-3))
            let numbers = (0..<40).filter { number in
                limit.takes(1 << 50 + Int64(number) * (interval / 2), rate: rate, sourceInterval: interval / 2)
            }
            #expect(numbers == (0..<40).filter { rate == 1e300 || $0 % 2 == 0 })
        }
    }
}
