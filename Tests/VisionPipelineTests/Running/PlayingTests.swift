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

    @Test(
        "Films as people paste them",
        arguments: [
            "filesrc location=FILM ! decodebin3 ! streamtap",
            "filesrc location=FILM ! decodebin3 ! blur ! streamtap",
            "filesrc location=FILM ! decodebin3 name=d d. ! videoconvert ! streamtap",
            "filesrc location=FILM ! decodebin name=d d. ! queue ! audioconvert ! fakesink d. ! queue ! videoconvert ! fakesink",
            "playbin uri=file://FILM", "gst-launch-1.0 playbin3 uri=file://FILM volume=0.5",
            "uridecodebin3 uri=file://FILM ! streamtap",
        ])
    func films(_ plan: String) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/film.mp4"
        try Film.launch(
            "mp4mux name=m ! filesink location=\(path) videotestsrc num-buffers=25 ! video/x-raw,width=160,height=120,framerate=25/1 ! x264enc ! m. audiotestsrc num-buffers=43 ! voaacenc ! m."
        )
        let run = try Run(plan.replacing("FILM", with: path))
        #expect(try await run.end().reason == .endOfStream)
        #expect(run.runner.tapProgress.map(\.frames) == [25])
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
