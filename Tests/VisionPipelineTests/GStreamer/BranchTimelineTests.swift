import Testing

@testable import VisionPipeline

@Suite
struct BranchTimelineTests {
    private static let millisecond: Int64 = 1_000_000

    /// Times in milliseconds for frames whose own are in milliseconds.
    private func times(_ frames: [Int64], start: BranchStart = BranchStart()) -> [UInt64] {
        var timeline = BranchTimeline()
        return frames.map {
            timeline.time(of: $0 * Self.millisecond, start: start) / UInt64(Self.millisecond)
        }
    }

    @Test("A branch begins at zero with its first frame, and goes on as frames do")
    func zero() {
        #expect(times([5000, 5040, 5080, 9000]) == [0, 40, 80, 4000])
        // A second inlet counts from the first one's beginning.
        let start = BranchStart()
        #expect(times([5000], start: start) == [0])
        #expect(times([5020, 5060], start: start) == [20, 60])
        #expect(times([700, 740], start: BranchStart(origin: 0)) == [700, 740])
    }

    @Test("Time never stands still and never goes back, whatever comes")
    func rising() {
        #expect(times([100, 140, 140, 130, 220]) == [0, 40, 41, 42, 120])
        var timeline = BranchTimeline()
        let start = BranchStart()
        var last: UInt64?
        for frame in [Int64.max / 4, 0, Int64.min, 1, Int64.max / 2, 5] {
            let time = timeline.time(of: frame, start: start)
            #expect(last.map { time > $0 } ?? true)
            last = time
        }
    }
}
