import CAllocations
import Plans
import Testing

@testable import VisionPipeline

/// Pixel stages on their thread: memory is what they got for the first frames. What they do not rule over is a row that
/// libyuv asks for when it scales by other factors than a half or a quarter.
struct AllocationTests {
    static let plans = [
        "grayscale", "blur kernel=3", "blur kernel=5", "blur kernel=9", "blur method=box kernel=5",
        "blur method=box kernel=17", "blur method=median kernel=3", "blur method=median kernel=5",
        "blur method=median kernel=7", "blur method=median kernel=17", "contrast", "contrast method=clahe",
        "threshold", "threshold method=otsu", "threshold method=adaptive-gaussian", "threshold method=adaptive-mean",
        "morphology", "morphology operation=close kernel=5", "morphology operation=dilate kernel=9",
        "edges method=sobel", "edges method=canny", "resize width=512", "rotate angle=90", "rotate angle=180",
        "undistort fx=60 fy=60 cx=48 cy=32 k1=-0.2", "mask polygons=0.1,0.1;0.9,0.2;0.4,0.8",
        "mask polygons=0.1,0.1;0.9,0.2;0.4,0.8 method=pixelate", "mask polygons=0.1,0.1;0.9,0.2;0.4,0.8 method=blur",
    ]

    /// Code that is not optimized keeps small things on the heap; whatever has the size of a row shows all the same.
    @Test("a warm stage asks for no memory", arguments: plans)
    func warm(_ plan: String) throws {
        // Full range, so that nothing has to be expanded first.
        let frames = (0..<3).map { number in
            TestFrame.make(.gray8, width: 1024, height: 24, sequence: UInt64(number)) {
                BlurTests.noise($0 &+ number, $1, $2)
            }
        }
        let asked = try allocations(of: plan, frames: frames)
        #expect(asked.large == 0)
        #if !DEBUG
        #expect(asked.all == 0)
        #endif
    }

    /// How many there are in twenty frames, after the first few.
    private func allocations(of plan: String, frames: [Frame]) throws -> (all: UInt64, large: UInt64) {
        let words = plan.split(separator: " ").map(String.init)
        let options = words.dropFirst().map { word in
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            // In a plan corners are parted by blanks.
            return (name: parts[0], value: StageOptions.Given.text(parts[1].replacing(";", with: " ")))
        }
        let type = try #require(StageCatalog.builtIn.stage(named: words[0]))
        var stage = try type.init(options: StageOptions(checking: options, against: type.description))
        for frame in frames { _ = try stage.process(frame) }
        let before = (thread_allocations(), thread_large_allocations())
        for number in 0..<20 { _ = try stage.process(frames[number % frames.count]) }
        return (thread_allocations() - before.0, thread_large_allocations() - before.1)
    }

    @Test("the count counts")
    func counts() {
        func asked() -> (all: UInt64, large: UInt64) {
            let before = (thread_allocations(), thread_large_allocations())
            let memory = [64, 4096].map { UnsafeMutableRawPointer.allocate(byteCount: $0, alignment: 64) }
            // Before an expectation asks for memory of its own.
            let after = (thread_allocations(), thread_large_allocations())
            memory.forEach { $0.deallocate() }
            return (after.0 - before.0, after.1 - before.1)
        }
        // The first time the runtime may ask for memory of its own, on this thread.
        _ = asked()
        let (all, large) = asked()
        #expect(all >= 2)
        #expect(large == 1)
    }
}
