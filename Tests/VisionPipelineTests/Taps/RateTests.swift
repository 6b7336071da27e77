import Testing

@testable import VisionPipeline

struct RateTests {
    static let second: Int64 = 1_000_000_000

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
