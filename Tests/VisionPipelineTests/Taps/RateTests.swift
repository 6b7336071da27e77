import Testing

@testable import VisionPipeline

struct RateTests {
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

    @Test("measures the rate of a steady source", arguments: [1.0, 2, 10, 30, 120, 1000])
    func steady(_ rate: Double) {
        var meter = RateMeter()
        #expect(meter.rate(at: 0) == 0)
        for number in 0..<200 { meter.note(Int64(Double(number) * 1e9 / rate)) }
        let last = Int64(199e9 / rate)
        #expect(abs(meter.rate(at: last) - rate) < rate * 0.001)
        #expect(abs(meter.rate(at: last + Int64(0.5e9 / rate)) - rate) < rate * 0.001)
    }

    @Test("falls after a stall, never rises, and is 0 soon", arguments: [2.0, 10, 30, 120])
    func decays(_ rate: Double) {
        var meter = RateMeter()
        for number in 0..<200 { meter.note(Int64(Double(number) * 1e9 / rate)) }
        let last = Int64(199e9 / rate)
        var before = Double.infinity
        for step in 0..<300 {
            let now = meter.rate(at: last + Int64(step) * 10_000_000)
            #expect(now <= before + 1e-9)
            before = now
        }
        #expect(meter.rate(at: last + Self.second / 2) < rate * 0.9 || rate < 3)
        #expect(meter.rate(at: last + 3 * Self.second / 2) == 0)
    }
}
