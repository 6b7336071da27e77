import Testing

@testable import VisionPipeline

@Suite
struct BranchTimelineTests {
    private static let millisecond: Int64 = 1_000_000

    /// Times in milliseconds for frames of times in milliseconds.
    private func times(_ frames: [Int64], start: BranchStart = BranchStart()) -> [UInt64] {
        var timeline = BranchTimeline()
        return frames.map { timeline.time(of: $0 * Self.millisecond, start: start) / UInt64(Self.millisecond) }
    }

    @Test("A branch begins at zero with its first frame")
    func zero() {
        #expect(times([5000, 5040, 5080]) == [0, 40, 80])
        // A second inlet counts from the first one's beginning.
        let start = BranchStart()
        #expect(times([5000], start: start) == [0])
        #expect(times([5020, 5060], start: start) == [20, 60])
        #expect(times([700, 740], start: BranchStart(origin: 0)) == [700, 740])
    }

    @Test("Two frames that a stage has made of one are still two")
    func alike() {
        var timeline = BranchTimeline()
        let start = BranchStart()
        let times = [Int64.min, 0, 0, .max, .max, 5].map { timeline.time(of: $0, start: start) }
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
    }
}
