import Foundation
import Plans
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Cameras that elements make one picture or one stream of, of which one is dead: it is tried again alone.
@Suite(.timeLimit(.minutes(3)))
struct JunctionTests {
    private func source(_ run: Run, _ name: String) -> SourceProgress? {
        run.runner.sources.first { $0.sources == [name] }
    }

    private static func way(_ name: String, _ address: String, latency: Int = 50) -> String {
        "rtspsrc name=\(name) location=\(address) latency=\(latency) protocols=tcp"
    }

    @Test(
        "One of two cameras in one picture is away from the beginning, comes, and goes: the picture goes on",
        arguments: [
            "rtph264depay ! avdec_h264", "rtph264depay ! h264parse ! avdec_h264 ! videoconvert ! queue", "decodebin",
        ])
    func comesAndGoes(_ decoder: String) async throws {
        let good = try await RTSPCamera.start(width: 160, height: 120, fps: 20)
        defer { good.process.kill() }
        let port = try ReservedPort()
        let (id, log) = Recorder.newLog()
        let run = try Run(
            """
            compositor name=both sink_1::xpos=160 ! video/x-raw,width=320,height=120 ! probe name=watcher id=\(id) ! streamtap
            \(Self.way("good", good.address)) ! \(decoder) ! both.sink_0
            \(Self.way("bad", "rtsp://127.0.0.1:\(port.number)/main")) ! \(decoder) ! both.sink_1
            """)
        try await eventually { log.count > 20 && self.source(run, "bad")?.trouble?.reason == .refused }
        let bad = try await RTSPCamera.start(port: port.number, pattern: "white", width: 160, height: 120, fps: 20)
        /// Whether the other camera's half of the newest picture is white, and not black.
        func isThere() -> Bool {
            guard let frame = log.frames.last else { return false }
            return frame.samples()[frame.width * 60 + 240] > 200
        }
        #expect(!isThere())
        try await eventually(within: .seconds(30)) {
            isThere() && (self.source(run, "bad")?.fps ?? 0) > 10 && self.source(run, "bad")?.trouble == nil
        }
        #expect(source(run, "bad")?.isLive == true)
        let before = log.count
        bad.process.kill()
        try await eventually { self.source(run, "bad")?.trouble != nil && log.count > before + 30 }
        #expect(isThere(), "its last picture stays")
        let gaps = zip(log.arrivals.dropFirst(5), log.arrivals.dropFirst(6)).map { $1 - $0 }
        #expect((gaps.max() ?? .max) < 1_000_000_000, "\(gaps.max() ?? 0)")
        #expect(source(run, "good")?.rebuilds == 0 && source(run, "good")?.trouble == nil)
        #expect(run.ending == nil)
        #expect(try await run.stop().reason == .stopRequested)
    }

    @Test("A camera that is later than the other by more than a picture's time is seen all the same, and ages are true")
    func delays() async throws {
        let (id, log) = Recorder.newLog()
        let run = try Run(
            """
            compositor name=both sink_1::xpos=160 ! video/x-raw,width=320,height=120,framerate=20/1
              ! probe name=watcher id=\(id) ! streamtap
            videotestsrc name=quick is-live=true pattern=ball ! video/x-raw,width=160,height=120,framerate=20/1 ! both.sink_0
            videotestsrc name=slow is-live=true pattern=white ! video/x-raw,width=160,height=120,framerate=20/1
              ! queue min-threshold-time=600000000 max-size-time=2000000000 max-size-buffers=0 max-size-bytes=0
              ! both.sink_1
            """)
        func isThere() -> Bool {
            guard let frame = log.frames.last else { return false }
            return frame.samples()[frame.width * 60 + 240] > 200
        }
        try await eventually(within: .seconds(20)) { isThere() }
        let start = log.count
        try await eventually { log.count > start + 40 }
        let shown = log.frames.dropFirst(start)
        #expect(shown.allSatisfy { $0.samples()[$0.width * 60 + 240] > 200 })
        // The ball moves: a picture that stands still would be one that has been lost.
        let different = Set(shown.map { $0.samples().prefix(320 * 120).hashValue })
        #expect(different.count > shown.count / 2, "\(different.count) of \(shown.count)")
        let ages = zip(shown, log.arrivals.dropFirst(start)).map { $1 - $0.captured }.sorted()
        #expect((500_000_000...1_500_000_000).contains(ages[ages.count / 2]), "\(ages)")
        try await run.stop()
    }

    @Test("Two cameras' coded video in one stream: one dies, the file goes on with the other and can be played")
    func coded() async throws {
        let good = try await RTSPCamera.start(width: 160, height: 120, fps: 20, gop: 10)
        defer { good.process.kill() }
        let bad = try await RTSPCamera.start(width: 160, height: 120, fps: 20, gop: 10)
        let place = try Recording()
        defer { place.remove() }
        let run = try Run(
            """
            mpegtsmux name=mux ! filesink location=\(place.path("a.ts"))
            \(Self.way("good", good.address)) ! rtph264depay ! h264parse ! mux.
            \(Self.way("bad", bad.address)) ! rtph264depay ! h264parse ! mux.
            """)
        try await eventually {
            (self.source(run, "good")?.frames ?? 0) > 20 && (self.source(run, "bad")?.frames ?? 0) > 20
        }
        bad.process.kill()
        try await eventually { self.source(run, "bad")?.trouble != nil }
        let frames = source(run, "good")?.frames ?? 0
        try await eventually { (self.source(run, "good")?.frames ?? 0) > frames + 40 }
        #expect(source(run, "good")?.rebuilds == 0 && run.ending == nil)
        #expect(run.runner.branches.map(\.state) == [.running])
        try await run.stop()
        #expect(try place.facts("a.ts").frames > 50)
    }

    @Test(
        "A camera that changes its size beside a microphone: the recording goes on in another file, and nobody is begun anew",
        arguments: ["blur", "identity"])
    func sizeChanges(_ between: String) async throws {
        let camera = try await RTSPCamera.start(
            width: 160, height: 120, fps: 20, gop: 10, secondSize: (width: 320, height: 240, each: 3))
        defer { camera.process.kill() }
        let place = try Recording()
        defer { place.remove() }
        let run = try Run(
            """
            \(Self.way("camera", camera.address)) ! rtph264depay ! avdec_h264 ! \(between) name=between ! streamtap
            between. ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! mux.
            audiotestsrc name=microphone is-live=true ! voaacenc ! mux.
            matroskamux name=mux ! filesink location=\(place.path("a.mkv"))
            """)
        try await eventually(within: .seconds(30)) { place.files.count > 2 }
        let frames = run.runner.branches.first?.frames ?? 0
        try await eventually { run.runner.branches.first?.frames ?? 0 > frames + 20 }
        #expect(run.runner.branches.map(\.state) == [.running])
        #expect(run.runner.sources.allSatisfy { $0.rebuilds == 0 && $0.trouble == nil } && run.ending == nil)
        run.runner.stop(within: 6)
        _ = try await run.end()
        let films = try place.files.map { try place.facts($0) }
        #expect(films.count(where: { $0.frames > 20 }) > 1 && Set(films.map(\.width)) == [160, 320], "\(films)")
    }

    @Test("What makes one of them fails: it is made anew, and stages and taps behind it go on")
    func junctionFails() async throws {
        let (id, log) = Recorder.newLog()
        let run = try Run(
            """
            compositor name=both ! identity error-after=30 ! probe id=\(id) ! streamtap
            videotestsrc name=a is-live=true ! video/x-raw,width=64,height=48,framerate=30/1 ! both.
            videotestsrc name=b is-live=true ! video/x-raw,width=64,height=48,framerate=30/1 ! both.
            """)
        try await eventually { run.runner.branches.first?.state == .retrying }
        try await eventually(within: .seconds(20)) { log.count > 50 }
        let numbers = log.frames.map(\.attributes.sequence)
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
        #expect(run.runner.sources.allSatisfy { $0.rebuilds == 0 && $0.trouble == nil } && run.ending == nil)
        #expect(try await run.stop().reason == .stopRequested)
    }
}
