import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Live sources lose what is too much; files lose nothing and go by their own time.
@Suite(.timeLimit(.minutes(1)))
struct SourceTests {
    @Test(
        "A slow stage behind a live source loses frames and never queues",
        arguments: ["I420", "NV12", "YUY2", "RGB", "GRAY8"])
    func slowStageBehindLiveSource(_ format: String) async throws {
        let (id, log) = Recorder.newLog()
        let run = try Run(
            "videotestsrc is-live=true ! video/x-raw,format=\(format),width=64,height=64,framerate=100/1 ! timeoverlay ! probe id=\(id) delay=60"
        )
        try await eventually { log.count >= 10 }
        #expect(run.runner.stages.first { $0.stage == "probe" }.map { $0.dropped > 10 } == true)
        // One waits, one is worked on: no frame is much older than two turns.
        let ages = zip(log.frames, log.arrivals).dropFirst(3).map { frame, arrival in arrival - frame.captured }
        #expect(ages.count >= 7)
        #expect(ages.allSatisfy { $0 < 1_000_000_000 }, "\(ages)")
        #expect(run.runner.stages.first { $0.stage == "probe" }.map { $0.p50Micros >= 50_000 } == true)
        try await run.stop()
    }

    @Test("A file is played whole and at its own pace, however slow the stage")
    func file() async throws {
        let film = try Film(frames: 30, fps: 30)
        defer { film.remove() }
        let (id, log) = Recorder.newLog()
        let start = ContinuousClock.now
        let run = try Run(
            "filesrc location=\(film.path) ! qtdemux ! h264parse ! avdec_h264 ! probe id=\(id) delay=5 ! streamtap name=t"
        )
        #expect(try await run.end().reason == .endOfStream)
        let took = ContinuousClock.now - start
        #expect(log.count == 30)
        #expect(log.frames.map(\.sequence) == Array(1...30))
        #expect(took > .milliseconds(900), "29 intervals of a thirtieth: \(took)")
        let source = try #require(run.runner.sources.first)
        #expect(!source.isLive && source.dropped == 0 && source.hasEnded)
        // The last picture is there for whoever comes afterwards.
        #expect(run.pictures.last?.jpeg.starts(with: [0xFF, 0xD8]) == true)
    }

    @Test("A camera and a film in one picture: each is what it is, and has its own rate and end")
    func severalInOnePicture() async throws {
        let run = try Run(
            """
            compositor name=mix ! video/x-raw,framerate=20/1 ! streamtap name=both
            videotestsrc name=camera is-live=true ! video/x-raw,framerate=10/1,width=64,height=64 ! tee name=t ! queue ! mix.
            t. ! queue ! mix.
            videotestsrc name=film num-buffers=10 ! video/x-raw,framerate=10/1,width=64,height=64 ! queue ! mix.
            """)
        func seen(_ name: String) -> SourceProgress? {
            run.runner.sources.first { $0.sources.count == 2 }?.seen(by: name)
        }
        try await eventually { seen("film")?.hasEnded == true && seen("camera")?.frames ?? 0 > 20 }
        #expect(seen("film")?.frames == 10 && seen("film")?.isLive == false)
        #expect(seen("camera")?.hasEnded == false && seen("camera")?.isLive == true)
        #expect(run.runner.sources.allSatisfy { !$0.hasEnded && $0.isLive })
        try await run.stop()
    }

    @Test(
        "Pads that come later: decodebin and a demuxer's branch",
        arguments: ["decodebin", "qtdemux name=d d. ! h264parse ! avdec_h264"])
    func delayedLinks(_ decoding: String) async throws {
        let film = try Film(frames: 5, fps: 25)
        defer { film.remove() }
        let (id, log) = Recorder.newLog()
        let run = try Run("filesrc location=\(film.path) ! \(decoding) ! probe id=\(id)")
        #expect(try await run.end().reason == .endOfStream)
        #expect(log.count == 5)
    }

    @Test("A tee and a branch by name share one source")
    func branches() async throws {
        let (first, second, third) = (Recorder.newLog(), Recorder.newLog(), Recorder.newLog())
        let run = try Run(
            """
            videotestsrc num-buffers=8 ! video/x-raw,width=64,height=64 ! tee name=t
            t. ! queue ! videoflip method=rotate-180 name=f ! probe id=\(first.id)
            t. ! probe id=\(second.id) name=p ! streamtap name=end
            f. ! fakesink
            p. ! probe id=\(third.id)
            """)
        #expect(try await run.end().reason == .endOfStream)
        #expect([first.log.count, second.log.count, third.log.count] == [8, 8, 8])
        #expect(run.runner.sources.map(\.frames) == [8, 8])
    }

    @Test(
        "Where the plan shuts one way, the other tells how the source is",
        arguments: [
            "tee name=t t. ! queue ! streamtap name=a t. ! valve drop=true ! streamtap name=b",
            "output-selector name=o o. ! queue ! streamtap name=a o. ! queue ! streamtap name=b",
        ])
    func shut(ways: String) async throws {
        let run = try Run("videotestsrc is-live=true ! \(ways)")
        try await eventually { run.runner.tapProgress[0].frames > 3 }
        #expect(run.runner.sources.allSatisfy { $0.frames > 0 } && run.runner.sources.count == 1)
        try await run.stop()
    }

    @Test("Two sources run apart: the plan ends with the last of them")
    func twoSources() async throws {
        let (first, second) = (Recorder.newLog(), Recorder.newLog())
        let run = try Run(
            """
            videotestsrc num-buffers=3 ! probe id=\(first.id) ! streamtap name=a
            videotestsrc num-buffers=20 ! probe id=\(second.id) ! streamtap name=b
            """)
        #expect(try await run.end().reason == .endOfStream)
        #expect([first.log.count, second.log.count] == [3, 20])
    }

    @Test("Sources that are slow to stop are slow together, not one after another")
    func slowToStop() async throws {
        let line =
            "videotestsrc is-live=true ! video/x-raw,width=64,height=48 ! identity sleep-time=500000 ! streamtap name="
        let run = try Run((0..<8).map { "\(line)t\($0)" }.joined(separator: "\n"))
        try await eventually { run.runner.sources.map { $0.frames > 0 } == Array(repeating: true, count: 8) }
        let start = ContinuousClock.now
        try await run.stop()
        // Each waits for what its element is about, up to half a second: about two seconds in a row.
        let took = try #require(run.ended) - start
        #expect(took < .seconds(1))
    }

    @Test("A live source that ends has been disconnected")
    func disconnected() async throws {
        let film = try Film(frames: 3, fps: 25)
        defer { film.remove() }
        let run = try Run("---\nlive: true\n---\nfilesrc location=\(film.path) ! decodebin ! streamtap name=t")
        #expect(try await run.end().reason == .disconnected)
    }

    @Test(
        "One that the plan ends is over, and is not called again",
        arguments: [
            ("videotestsrc is-live=true num-buffers=3 ! streamtap name=t", 3),
            ("videotestsrc is-live=true ! identity eos-after=4 ! streamtap name=t", 3),
            ("videotestsrc is-live=true ! jpegenc snapshot=true ! streamtap name=t", 1),
            ("videotestsrc is-live=true num-buffers=3 ! streamtap name=t videotestsrc num-buffers=2 ! streamtap", 3),
        ] as [(String, UInt64)])
    func planned(plan: String, frames: UInt64) async throws {
        let run = try Run(plan)
        #expect(try await run.end().reason == .endOfStream)
        #expect(run.runner.tapProgress.first?.frames == frames)
    }

    @Test("A film without timestamps goes by what its caps say: a sequence of pictures, pixels in a file")
    func statedPace() async throws {
        let folder = try TemporaryDirectory()
        let pixels = "videotestsrc num-buffers=10 ! video/x-raw,format=I420,width=64,height=64"
        try Film.launch("\(pixels) ! jpegenc ! multifilesink location=\(folder.path)/%d.jpg")
        try Film.launch("\(pixels) ! filesink location=\(folder.path)/film.yuv")
        for plan in [
            "multifilesrc location=\(folder.path)/%d.jpg caps=image/jpeg,framerate=20/1",
            "filesrc location=\(folder.path)/film.yuv blocksize=6144 ! video/x-raw,format=I420,width=64,height=64,framerate=20/1",
        ] {
            let (id, log) = Recorder.newLog()
            let start = ContinuousClock.now
            let run = try Run("\(plan) ! streamtap name=t ! probe id=\(id)")
            #expect(try await run.end().reason == .endOfStream)
            let took = try #require(run.ended) - start
            #expect(took > .milliseconds(430), "\(plan): nine intervals of a twentieth took \(took)")
            #expect(log.frames.map { $0.time / 1_000_000 } == (0..<10).map { $0 * 50 }, "\(plan)")
        }
    }

    @Test(
        "Of a camera that has given one picture its caps say when the next may come",
        arguments: [("1/10", 10.0), ("1/1000", 1000)])
    func statedInterval(rate: String, seconds: Double) async throws {
        let run = try Run("videotestsrc is-live=true ! video/x-raw,framerate=\(rate),width=64,height=48 ! streamtap")
        try await eventually { run.runner.sources[0].frames > 0 }
        #expect(run.runner.sources[0].rhythm.stated == seconds)
        try await run.stop()
    }

    @Test("A stage that throws loses its frame and nothing else")
    func throwingStage() async throws {
        let (id, log) = Recorder.newLog()
        let run = try Run("videotestsrc num-buffers=4 ! probe name=bad id=\(id) mode=throw ! streamtap name=t")
        #expect(try await run.end().reason == .endOfStream)
        #expect(log.count == 4)
        #expect(run.runner.stages.first { $0.name == "bad" }?.failed == 4)
        #expect(run.runner.tapProgress.first?.frames == 0)
    }
}
