import Foundation
import Glibc
import Plans
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Plans with several sources, of which one is dead: it is tried again alone, and the others go on.
@Suite(.timeLimit(.minutes(3)))
struct SeveralSourcesTests {
    static func way(_ address: String, _ tap: String) -> String {
        "rtspsrc name=\(tap)-camera location=\(address) latency=50 protocols=tcp ! rtph264depay ! avdec_h264 ! streamtap name=\(tap)"
    }

    /// Of the good camera: no number is missing but those that the watching stage itself was too slow for, and there is no long
    /// wait between two.
    private func expectWhole(_ log: FrameLog, since place: Int, _ run: Run) {
        let (frames, arrivals) = (log.frames.dropFirst(place), log.arrivals.dropFirst(place))
        #expect(frames.count > 10)
        let numbers = frames.map(\.attributes.sequence)
        let missing = zip(numbers, numbers.dropFirst()).reduce(0) { $0 + Int($1.1 - $1.0) - 1 }
        let dropped = run.runner.stages.first { $0.name == "watcher" }?.dropped ?? 0
        #expect(missing <= Int(dropped))
        let gaps = zip(arrivals, arrivals.dropFirst()).map { $1 - $0 }
        #expect((gaps.max() ?? .max) < 1_000_000_000, "\(gaps.max() ?? 0)")
    }

    private func source(_ run: Run, _ name: String) -> SourceProgress? {
        run.runner.sources.first { $0.sources == [name] }
    }

    @Test("A source that is only recorded is told of like others, live or not")
    func recorded() async throws {
        let place = try Recording()
        defer { place.remove() }
        let run = try Run(
            """
            videotestsrc name=shown is-live=true ! streamtap
            videotestsrc name=kept is-live=true ! jpegenc ! avimux ! filesink location=\(place.path("kept.avi"))
            videotestsrc name=film num-buffers=20 ! jpegenc ! avimux ! filesink location=\(place.path("film.avi"))
            """)
        try await eventually {
            self.source(run, "kept")?.lastFrame != nil && self.source(run, "film")?.hasEnded == true
        }
        #expect(run.runner.sources.map(\.sources) == [["shown"], ["kept"], ["film"]])
        #expect(run.runner.sources.map(\.isLive) == [true, true, false])
        #expect(source(run, "kept")?.hasEnded == false && run.ending == nil)
        try await run.stop()
    }

    @Test("One of two cameras goes away and comes back: the other misses nothing, numbers and stages go on")
    func comesBack() async throws {
        let good = try await RTSPCamera.start(width: 160, height: 120)
        defer { good.process.kill() }
        let bad = try await RTSPCamera.start(width: 160, height: 120)
        let (id, log) = Recorder.newLog()
        let (other, behind) = Recorder.newLog()
        let run = try Run(
            """
            \(Self.way(good.address, "good"))
            \(Self.way(bad.address, "bad"))
            good. ! probe name=watcher id=\(id)
            bad. ! probe id=\(other) name=worker
            """)
        try await eventually { run.runner.tapProgress.allSatisfy { $0.frames > 5 } }
        let place = log.count
        bad.process.kill()
        try await eventually { self.source(run, "bad-camera")?.trouble != nil }
        try await eventually { self.source(run, "bad-camera")?.trouble?.reason == .refused }
        #expect(source(run, "good-camera")?.trouble == nil)
        let frames = run.runner.tapProgress[1].frames
        let again = try await RTSPCamera.start(port: bad.port, width: 160, height: 120)
        defer { again.process.kill() }
        try await eventually(within: .seconds(30)) { self.source(run, "bad-camera")?.trouble == nil }
        try await eventually { run.runner.tapProgress[1].frames > frames + 5 }
        expectWhole(log, since: place, run)
        // One stage, one count, over both attempts.
        let numbers = behind.frames.map(\.sequence)
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
        let captured = behind.frames.map(\.captured)
        #expect(zip(captured, captured.dropFirst()).allSatisfy { $0 <= $1 })
        let times = behind.frames.map(\.attributes.time)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
        #expect(Set(behind.frames.map(\.attributes.epoch)).count > 1)
        #expect(source(run, "bad-camera")?.rebuilds ?? 0 > 0)
        #expect(run.ending == nil)
        #expect(try await run.stop().reason == .stopRequested)
    }

    @Test(
        "Of two cameras in one picture, each behind a stage, one is away from the beginning, comes, and goes: the picture goes on"
    )
    func onePicture() async throws {
        let good = try await RTSPCamera.start(width: 160, height: 120, fps: 20)
        defer { good.process.kill() }
        let place = try Recording()
        defer { place.remove() }
        let port = try ReservedPort()
        let (id, log) = Recorder.newLog()
        func way(_ name: String, _ address: String, _ pad: String) -> String {
            "rtspsrc name=\(name)-camera location=\(address) latency=50 protocols=tcp ! rtph264depay ! avdec_h264"
                + " ! resize width=160 height=120 ! both.\(pad)"
        }
        let run = try Run(
            """
            compositor name=both sink_1::xpos=160 ! video/x-raw,width=320,height=120 ! tee name=all
            all. ! probe name=watcher id=\(id) ! streamtap
            all. ! x264enc tune=zerolatency speed-preset=ultrafast ! matroskamux ! filesink location=\(place.path("a.mkv"))
            \(way("good", good.address, "sink_0"))
            \(way("bad", "rtsp://127.0.0.1:\(port.number)/main", "sink_1"))
            """)
        try await eventually { log.count > 20 && self.source(run, "bad-camera")?.trouble?.reason == .refused }
        let bad = try await RTSPCamera.start(port: port.number, pattern: "white", width: 160, height: 120, fps: 20)
        /// Whether the other camera's half of the newest picture is white, and not black.
        func isThere() -> Bool {
            guard let frame = log.frames.last else { return false }
            return frame.samples()[frame.width * 60 + 240] > 200
        }
        #expect(!isThere())
        try await eventually(within: .seconds(30)) { isThere() }
        let before = log.count
        bad.process.kill()
        try await eventually { self.source(run, "bad-camera")?.trouble != nil && log.count > before + 30 }
        expectWhole(log, since: 5, run)
        #expect(source(run, "good-camera")?.rebuilds == 0 && source(run, "good-camera")?.trouble == nil)
        #expect(run.runner.branches.allSatisfy { $0.state == .running } && run.ending == nil)
        try await run.stop()
        let film = try place.facts("a.mkv")
        #expect(film.width == 320 && film.frames >= log.count - 30, "\(film), \(log.count)")
        #expect(place.files == ["a.mkv"])
    }

    @Test("Beside a camera over RTSP one over HTTP that hangs up every second is called again, alone")
    func overHTTP() async throws {
        let good = try await RTSPCamera.start(width: 160, height: 120)
        defer { good.process.kill() }
        let folder = try TemporaryDirectory()
        let path = folder.path + "/picture.jpg"
        try Data(JPEGStructureTests.jpeg(size: "64:64")).write(to: URL(filePath: path))
        let bad = try await MJPEGCamera.start(picture: path, hangUp: 1)
        defer { bad.process.kill() }
        let (id, log) = Recorder.newLog()
        let run = try Run(
            """
            \(Self.way(good.address, "good"))
            souphttpsrc name=bad-camera location=\(bad.address) is-live=true ! multipartdemux ! streamtap name=bad
            good. ! probe name=watcher id=\(id)
            """)
        try await eventually { log.count > 5 }
        let place = log.count
        try await eventually(within: .seconds(30)) {
            self.source(run, "bad-camera")?.rebuilds ?? 0 > 1 && run.runner.tapProgress[1].frames > 40
        }
        expectWhole(log, since: place, run)
        #expect(run.ending == nil)
        try await run.stop()
    }

    @Test("One of two is dead from the beginning, one refuses: each says why, the others run")
    func deadFromTheBeginning() async throws {
        let good = try await RTSPCamera.start(width: 160, height: 120)
        defer { good.process.kill() }
        let locked = try await RTSPCamera.start(width: 160, height: 120, credentials: ("me", "right"))
        defer { locked.process.kill() }
        let film = try Film(frames: 10, fps: 30)
        defer { film.remove() }
        let run = try Run(
            """
            \(Self.way("rtsp://127.0.0.1:9/x", "dead"))
            \(Self.way(good.address, "good"))
            \(Self.way(locked.address(user: "me", password: "wrong"), "locked"))
            v4l2src name=nowhere-camera device=/dev/nowhere ! streamtap name=nowhere
            filesrc location=\(film.path) ! decodebin ! streamtap name=film
            """)
        try await eventually { run.runner.tapProgress[1].frames > 20 && run.runner.tapProgress[4].frames == 10 }
        try await eventually { self.source(run, "locked-camera")?.trouble != nil }
        let reasons = run.runner.sources.map(\.trouble?.reason)
        #expect(reasons == [.refused, nil, .unauthorized, .deviceMissing, nil])
        #expect(run.runner.sources.map(\.part) == [0, 1, 2, 3, 4])
        #expect(run.runner.sources.compactMap(\.trouble).allSatisfy { !$0.message.contains("wrong") })
        // A refused password is not tried again soon: the camera may lock the account.
        let wait = (source(run, "locked-camera")?.trouble?.nextRetry ?? 0) - MonotonicClock.now()
        #expect(wait > 15_000_000_000)
        try await eventually { run.runner.sources[4].hasEnded }
        #expect(run.ending == nil)
        try await run.stop()
    }

    @Test("A frozen camera is begun anew alone, and is back when it thaws; a recording behind it goes on")
    func frozen() async throws {
        let good = try await RTSPCamera.start(width: 160, height: 120)
        let bad = try await RTSPCamera.start(width: 160, height: 120)
        defer {
            bad.process.signal(SIGCONT)
            for camera in [good, bad] { camera.process.kill() }
        }
        let place = try Recording()
        defer { place.remove() }
        let (id, log) = Recorder.newLog()
        let run = try Run(
            """
            \(Self.way(good.address, "good"))
            \(Self.way(bad.address, "bad"))
            good. ! probe name=watcher id=\(id)
            bad. ! blur name=soft
            soft. ! x264enc tune=zerolatency ! matroskamux ! filesink location=\(place.path("a.mkv"))
            """)
        try await eventually { run.runner.tapProgress.allSatisfy { $0.frames > 5 } }
        let start = log.count
        bad.process.signal(SIGSTOP)
        try await eventually(within: .seconds(20)) { self.source(run, "bad-camera")?.trouble?.reason == .noFrames }
        let (frames, recorded) = (run.runner.tapProgress[1].frames, run.runner.branches[0].frames)
        try await eventually(within: .seconds(20)) { self.source(run, "bad-camera")?.rebuilds ?? 0 > 0 }
        bad.process.signal(SIGCONT)
        try await eventually(within: .seconds(40)) { run.runner.tapProgress[1].frames > frames + 5 }
        expectWhole(log, since: start, run)
        try await eventually { run.runner.branches[0].frames > recorded + 5 }
        #expect(run.runner.branches[0].state == .running)
        #expect(run.ending == nil)
        run.runner.stop(within: 10)
        _ = try await run.end()
        let facts = try place.facts("a.mkv")
        #expect(facts.frames > 10, "\(facts), of \(run.runner.branches)")
    }

    @Test("A source whose opening hangs holds nobody, not even when the run ends")
    func hangs() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let pipe = "\(directory.path)/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        let run = try Run(
            """
            filesrc name=hung-camera location=\(pipe) ! jpegparse ! streamtap name=hung
            videotestsrc is-live=true name=good-camera ! streamtap name=good
            """)
        try await eventually { run.runner.tapProgress[1].frames > 5 }
        try await eventually(within: .seconds(20)) {
            self.source(run, "hung-camera")?.trouble?.reason == .noFirstFrame
        }
        let start = ContinuousClock.now
        try await run.stop()
        #expect(try #require(run.ended) - start < .seconds(6))
        // Lets go of the thread.
        try FileHandle(forUpdating: URL(filePath: pipe)).close()
    }

    @Test("A source that waits for its next attempt is not tried again while others finish their files")
    func notWhileOthersFinish() async throws {
        let run = try Run(
            """
            \(Self.way("rtsp://127.0.0.1:9/x", "dead"))
            videotestsrc is-live=true name=good-camera ! blur name=soft ! streamtap name=good
            soft. ! identity sleep-time=60000000 ! fakesink name=slow
            """)
        try await eventually { run.runner.branches[0].frames > 0 && self.source(run, "dead-camera")?.rebuilds ?? 0 > 0 }
        // The next wait is shorter than what follows.
        try await eventually { self.source(run, "dead-camera")?.trouble?.nextRetry != nil }
        let rebuilds = source(run, "dead-camera")?.rebuilds
        run.runner.stop(within: 4)
        _ = try await run.end()
        #expect(source(run, "dead-camera")?.rebuilds == rebuilds)
    }

    @Test("Where nothing runs any more, and one does not end, the run does")
    func allDead() async throws {
        let run = try Run(
            """
            \(Self.way("rtsp://127.0.0.1:9/x", "one"))
            \(Self.way("rtsp://127.0.0.1:9/y", "two"))
            """)
        try await eventually { run.runner.sources.allSatisfy { $0.trouble?.reason == .refused && $0.rebuilds > 0 } }
        #expect(run.ending == nil)
        try await run.stop()
    }

    @Test("Two films: one that cannot be had is tried again, and the plan does not end with the other")
    func films() async throws {
        let film = try Film(frames: 10, fps: 30)
        defer { film.remove() }
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let run = try Run(
            """
            filesrc location=\(film.path) ! decodebin ! streamtap name=first
            filesrc location=\(directory.path)/missing.mp4 ! decodebin ! streamtap name=second
            """)
        try await eventually { run.runner.sources[0].hasEnded }
        #expect(run.runner.sources[1].trouble?.reason == .notFound)
        #expect(run.ending == nil)
        try await run.stop()
    }
}
