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

    @Test(
        "what is read only as the next picture goes makes the way no longer than it is",
        arguments: [(1, 2), (10, 2), (40, 3), (100, 5), (1000, 8)] as [(Int64, Int)])
    func late(roundTrip: Int64, expected: Int) {
        var window = TapChannelWindow()
        let interval = 33 * Self.ms
        // Each is read with the first picture that goes after it has come, a little early or late.
        for number in 1...100 as ClosedRange<Int64> {
            window.sent(UInt64(number), captured: number * interval, at: number * interval, highestRate: nil)
            let due = (roundTrip * Self.ms + interval - 1) / interval * interval
            let jitter = number % 2 == 0 ? 5 * Self.ms : -5 * Self.ms
            window.acknowledge(UInt64(number), at: number * interval + due + jitter, isLate: true)
        }
        #expect(window.limit == expected)
    }

    @Test("an acknowledgement is looked for when as many are under way as one was for, or the window is full")
    func due() {
        var window = TapChannelWindow()
        #expect(!window.isDue)
        for number in 1...4 as ClosedRange<UInt64> {
            let time = Int64(number) * 33 * Self.ms
            window.sent(number, captured: time, at: time, highestRate: nil)
            #expect(window.isDue)
        }
        window.acknowledge(4, at: 4 * 33 * Self.ms + Self.ms)
        for number in 5...8 as ClosedRange<UInt64> {
            #expect(!window.isDue)
            window.sent(number, captured: Int64(number) * 33 * Self.ms, at: 0, highestRate: nil)
        }
        #expect(window.isDue)
        #expect(window.isOpen)
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
