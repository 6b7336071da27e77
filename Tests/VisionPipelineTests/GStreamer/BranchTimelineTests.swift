import Testing

@testable import VisionPipeline

@Suite
struct BranchTimelineTests {
    private static let millisecond: Int64 = 1_000_000

    /// Times in milliseconds for frames of (timestamp, captured), both in milliseconds.
    private func times(_ frames: [(Int64?, Int64)], isLive: Bool = true, start: BranchStart = BranchStart()) -> [UInt64]
    {
        var timeline = BranchTimeline()
        return frames.map { timestamp, captured in
            timeline.time(
                timestamp: timestamp.map { UInt64($0 * Self.millisecond) }, captured: captured * Self.millisecond,
                isLive: isLive, start: start) / UInt64(Self.millisecond)
        }
    }

    @Test("A branch begins at zero with its first frame")
    func zero() {
        #expect(times([(5000, 9000), (5040, 9040), (5080, 9080)]) == [0, 40, 80])
        #expect(times([(nil, 9000), (nil, 9040), (nil, 9085)]) == [0, 40, 85])
        // A second inlet counts from the first one's beginning.
        let start = BranchStart()
        #expect(times([(5000, 9000)], start: start) == [0])
        #expect(times([(5020, 9020), (5060, 9060)], start: start) == [20, 60])
        #expect(times([(700, 1), (740, 41)], start: BranchStart(origin: 0)) == [700, 740])
    }

    @Test("Time never stands still and never goes back")
    func rising() {
        #expect(times([(100, 0), (140, 40), (140, 80), (130, 81), (220, 120)]) == [0, 40, 41, 42, 120])
        // A camera that sets its clock back an hour, or ahead.
        #expect(times([(4_000_000, 0), (4_000_040, 40), (400_040, 80), (400_080, 120)]) == [0, 40, 80, 120])
        #expect(times([(100, 0), (140, 40), (3_600_180, 80), (3_600_220, 120)]) == [0, 40, 80, 120])
        // A film is not live: a gap in it is one.
        #expect(times([(0, 0), (40, 40), (9000, 80)], isLive: false) == [0, 40, 9000])
        #expect(times([(0, 0), (40, 40), (nil, 90)]) == [0, 40, 80])
    }

    @Test("No timestamp breaks it")
    func extremes() {
        var timeline = BranchTimeline()
        let start = BranchStart()
        var last: UInt64?
        for timestamp in [UInt64.max, 0, UInt64(Int64.max), 1, UInt64.max, UInt64(Int64.max) - 1, 5] as [UInt64] {
            for captured in [Int64.min, 0, Int64.max] {
                let time = timeline.time(timestamp: timestamp, captured: captured, isLive: true, start: start)
                #expect(last.map { time > $0 } ?? true)
                last = time
            }
        }
    }
}
