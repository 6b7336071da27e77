import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

@Suite(.timeLimit(.minutes(1)))
struct PlayingTests {
    @Test("A test source comes to a stage with its strides, and ends")
    func testSource() async throws {
        let (id, log) = Recorder.newLog()
        let run = try Run(
            "videotestsrc num-buffers=5 ! video/x-raw,format=I420,width=642,height=359 ! probe id=\(id) ! streamtap name=t"
        )
        let ending = try await run.end()
        #expect(ending.reason == .endOfStream)
        #expect(log.count == 5)
        let frame = try #require(log.frames.first)
        #expect(frame.width == 642 && frame.height == 359 && frame.format == .i420)
        frame.withPlanes { planes in
            #expect(planes.map { $0.width } == [642, 321, 321])
            #expect(planes.map { $0.height } == [359, 180, 180])
            #expect(planes.map { $0.stride } == [644, 324, 324])
        }
        #expect(run.runner.sources.first?.frames == 5)
        #expect(run.runner.sources.first?.hasEnded == true)
        #expect(run.runner.compiled.taps.map(\.id) == ["t"])
    }

    @Test("A live source is known as one, and stopping ends it")
    func live() async throws {
        let (id, log) = Recorder.newLog()
        let run = try Run("videotestsrc is-live=true ! probe id=\(id)")
        try await eventually { log.count >= 3 }
        #expect(run.runner.sources.first?.isLive == true)
        let frame = try #require(log.frames.last)
        let age = MonotonicClock.now() - frame.captured
        #expect(age >= 0 && age < 2_000_000_000)
        #expect(try await run.stop().reason == .stopRequested)
    }
}
