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
            window.acknowledge(UInt64(number), ArrivalTime(at: time + roundTrip * ms))
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
            window.acknowledge(UInt64(number), ArrivalTime(at: time + 35 * Self.ms))
        }
        #expect(window.limit == 5)
    }

    @Test(
        "what is read only now and then makes the way neither longer nor shorter than it is, however often that is",
        arguments: [1, 4, 33, 66] as [Int64],
        [(1, 2), (20, 2), (50, 3), (110, 5), (150, 6), (1000, 8)] as [(Int64, Int)])
    func late(reading: Int64, way: (roundTrip: Int64, limit: Int)) {
        var window = TapChannelWindow()
        var acknowledgements: [(sequence: UInt64, at: Int64)] = []
        for time in 0...6600 as ClosedRange<Int64> {
            if time % reading == 0 {
                // With the picture that goes now, or with another channel's.
                let last = max(0, time - reading)
                while let first = acknowledgements.first, first.at <= time {
                    acknowledgements.removeFirst()
                    window.acknowledge(first.sequence, ArrivalTime(from: last * Self.ms, to: time * Self.ms))
                }
            }
            guard time % 33 == 0 else { continue }
            let number = UInt64(time / 33 + 1)
            window.sent(number, captured: time * Self.ms, at: time * Self.ms, highestRate: nil)
            acknowledgements.append((number, time + way.roundTrip + Int64(number % 3) - 1))
        }
        // A read that is rarer than pictures leaves some doubt about the way.
        #expect(way.limit...way.limit + (reading > 33 ? 1 : 0) ~= window.limit)
    }

    @Test("a camera that pauses makes no way longer")
    func pause() {
        var window = Self.window(roundTrip: 30, interval: 33)
        let limit = window.limit
        for number in 101...140 as ClosedRange<UInt64> {
            let time = Int64(number) * 10_000 * Self.ms
            window.sent(number, captured: Int64(number) * 33 * Self.ms, at: time, highestRate: nil)
            window.acknowledge(number, ArrivalTime(from: time - 10 * Self.ms, to: time + 10_000 * Self.ms))
            #expect(window.limit == limit)
        }
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
        window.acknowledge(4, ArrivalTime(at: 4 * 33 * Self.ms + Self.ms))
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
        window.acknowledge(4, ArrivalTime(at: 0))
        #expect(!window.isOpen)
        window.acknowledge(.max, ArrivalTime(at: 0))
        #expect(window.isOpen)
        // A worker's times may be anything.
        window.sent(7, captured: .min, at: 0, highestRate: nil)
        window.sent(8, captured: .max, at: 0, highestRate: 1e-300)
        #expect(!window.isOpen)
        window.acknowledge(8, ArrivalTime(at: 1))
        #expect(window.limit == 2)
        // Who looks away acknowledges nothing; who looks again starts with an empty window.
        window.sent(9, captured: 0, at: 0, highestRate: nil)
        window.sent(10, captured: 0, at: 0, highestRate: nil)
        window.forget()
        #expect(window.isOpen)
    }
}
