import Testing

@testable import Server

@Suite("How many pictures are under way")
struct TapChannelWindowTests {
    static let ms: Int64 = 1_000_000

    /// A window after 100 pictures, each acknowledged after the same time.
    static func window(roundTrip: Int64, interval: Int64, highestRate: Double? = nil) -> TapChannelWindow {
        var window = TapChannelWindow()
        for number in 1...100 {
            let time = Int64(number) * interval * ms
            window.sent(UInt64(number), captured: time, at: time, highestRate: highestRate)
            window.acknowledge(UInt64(number), at: time + roundTrip * ms)
        }
        return window
    }

    @Test(
        "as many as the way there and back holds, and one",
        arguments: [(1, 33, nil, 2), (30, 33, nil, 2), (60, 33, nil, 3), (100, 33, nil, 5), (1000, 33, nil, 8)]
            + [(100, 33, 10.0, 2), (200, 1000, nil, 2), (Int64(9e12), 33, nil, 8)]
            as [(Int64, Int64, Double?, Int)])
    func limit(roundTrip: Int64, interval: Int64, highestRate: Double?, expected: Int) {
        #expect(Self.window(roundTrip: roundTrip, interval: interval, highestRate: highestRate).limit == expected)
    }

    @Test("frames that a viewer skipped are no slower source")
    func skipped() {
        var window = TapChannelWindow()
        for number in stride(from: 1, through: 100, by: 10) {
            let time = Int64(number) * 10 * Self.ms
            window.sent(UInt64(number), captured: time, at: time, highestRate: nil)
            window.acknowledge(UInt64(number), at: time + 35 * Self.ms)
        }
        #expect(window.limit == 5)
    }

    @Test("two without an acknowledgement, then it waits; one acknowledgement covers all before it")
    func acknowledging() {
        var window = TapChannelWindow()
        window.sent(5, captured: 0, at: 0, highestRate: nil)
        #expect(window.isOpen)
        window.sent(6, captured: 1, at: 0, highestRate: nil)
        #expect(!window.isOpen)
        window.acknowledge(4, at: 0)
        #expect(!window.isOpen)
        window.acknowledge(.max, at: 0)
        #expect(window.isOpen)
        // A worker's times may be anything.
        window.sent(7, captured: .min, at: 0, highestRate: nil)
        window.sent(8, captured: .max, at: 0, highestRate: 1e-300)
        #expect(!window.isOpen)
        window.acknowledge(8, at: 1)
        #expect(window.limit == 2)
        // Who looks away acknowledges nothing; who looks again starts with an empty window.
        window.sent(9, captured: 0, at: 0, highestRate: nil)
        window.sent(10, captured: 0, at: 0, highestRate: nil)
        window.forget()
        #expect(window.isOpen)
    }
}
