import Foundation
import Plans
import Synchronization
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// A recording comes back when its disk or its server does, and costs no file that is there.
@Suite(.timeLimit(.minutes(1)))
struct BranchRetryTests {
    private let live = """
        videotestsrc is-live=true ! video/x-raw,format=I420,width=64,height=64,framerate=50/1 ! probe name=p ! streamtap name=t

        """

    @Test("A directory that was not there: the recording begins once it is, and the taps did not notice")
    func directoryComes() async throws {
        let place = try Recording()
        defer { place.remove() }
        let run = try Run(
            live + "p. ! jpegenc ! matroskamux ! filesink name=file location=\(place.path("later/a.mkv"))")
        try await eventually { run.runner.branches.first?.state == .retrying }
        let before = run.runner.tapProgress.first?.frames ?? 0
        try FileManager.default.createDirectory(atPath: place.path("later"), withIntermediateDirectories: true)
        try await eventually(within: .seconds(20)) { run.runner.branches.first?.state == .running }
        #expect((run.runner.tapProgress.first?.frames ?? 0) > before + 20)
        #expect(try await run.stop().reason == .stopRequested)
        #expect(run.runner.branches.first?.state == .completed)
        #expect(try place.facts("later/a.mkv").frames > 20)
    }

    @Test("A disk that was full: numbering goes on behind the files that are there", .enabled(if: Disk.isPossible))
    func diskHasRoomAgain() async throws {
        let disk = try Disk(kilobytes: 256)
        defer { disk.remove() }
        let ballast = "\(disk.path)/ballast"
        try Data(count: 250 << 10).write(to: URL(filePath: ballast))
        try Data("kept".utf8).write(to: URL(filePath: "\(disk.path)/a-004.jpg"))
        let run = try Run(
            live
                + "p. ! videorate ! video/x-raw,framerate=5/1 ! jpegenc ! multifilesink name=file location=\(disk.path)/a-%03d.jpg"
        )
        try await eventually { run.runner.branches.first?.state == .retrying }
        #expect(run.runner.branches.first?.reason?.lowercased().contains("space") == true, "\(run.runner.branches)")
        try FileManager.default.removeItem(atPath: ballast)
        try await eventually(within: .seconds(20)) { run.runner.branches.first?.state == .running }
        try await eventually(within: .seconds(20)) {
            (try? FileManager.default.contentsOfDirectory(atPath: disk.path))?.contains("a-006.jpg") == true
        }
        #expect(try await run.stop().reason == .stopRequested)
        let names = try FileManager.default.contentsOfDirectory(atPath: disk.path)
        #expect(names.contains("a-005.jpg") && !names.contains("a-000.jpg"), "\(names)")
        #expect(try String(contentsOfFile: "\(disk.path)/a-004.jpg", encoding: .utf8) == "kept")
    }

    @Test("A directory that goes away again and comes back: a branch that fails twice is tried twice")
    func failsTwice() async throws {
        let place = try Recording()
        defer { place.remove() }
        let directory = place.path("later")
        func hasFiles() -> Bool { (try? FileManager.default.contentsOfDirectory(atPath: directory))?.isEmpty == false }
        let run = try Run(live + "p. ! jpegenc ! multifilesink location=\(directory)/a-%05d.jpg")
        try await eventually { run.runner.branches.first?.state == .retrying }
        for _ in 0..<2 {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try await eventually(within: .seconds(20)) { hasFiles() }
            let dropped = run.runner.branches.first?.dropped ?? 0
            try FileManager.default.moveItem(atPath: directory, toPath: place.path(UUID().uuidString))
            try await eventually { (run.runner.branches.first?.dropped ?? 0) > dropped + 5 }
        }
        try await run.stop()
    }

    @Test("A recording that began with a second attempt is finished on stop")
    func finished() async throws {
        let place = try Recording()
        defer { place.remove() }
        let run = try Run(
            live
                + """
                p. ! x264enc tune=zerolatency key-int-max=5 ! h264parse
                  ! splitmuxsink location=\(place.path("later/a-%05d.mp4"))
                """)
        try await eventually { run.runner.branches.first?.state == .retrying }
        try FileManager.default.createDirectory(atPath: place.path("later"), withIntermediateDirectories: true)
        try await eventually(within: .seconds(20)) { run.runner.branches.first?.state == .running }
        try await run.stop()
        #expect(try place.facts("later/a-00000.mp4").frames > 20)
    }

    @Test("A server that was away: pictures are sent again once it is there")
    func serverComes() async throws {
        let place = try Recording()
        defer { place.remove() }
        let reserved = try ReservedPort()
        let port = reserved.number
        let run = try Run(
            live
                + "p. ! x264enc tune=zerolatency key-int-max=5 ! rtspclientsink name=upload latency=0 location=rtsp://127.0.0.1:\(port)/main"
        )
        try await eventually { run.runner.branches.first?.state == .retrying }
        let server = try await RTSPCamera.startRecorder(port: port, file: place.path("a.ts"))
        try await eventually(within: .seconds(30)) { run.runner.branches.first?.state == .running }
        try await eventually { ((try? place.facts("a.ts").frames) ?? 0) > 5 }
        #expect(try await run.stop().reason == .stopRequested)
        #expect(server.process.exit == nil)
        withExtendedLifetime(reserved) {}
    }

    @Test("A branch may fail in the very moment in which its first frame comes")
    func failsWithTheFirstFrame() async throws {
        let plan = try PlanBuilder(encoders: EncoderPool(threads: 1)).build(
            Plan(parsing: "videotestsrc ! blur name=p ! streamtap p. ! fakesink").graph)
        defer { plan.stop() }
        let segment = try #require(plan.segments.first { $0.branchName != nil })
        let inlet = try #require(segment.inlets.first)
        inlet.configure(isLive: true)
        let branch = Branch(segment, name: "p")
        let moment = Moment()
        // What a branch does with its first frame is done in the inlet's lock.
        segment.start.whenBegun { moment.hold { _ = branch.isUnfinished } }
        let frame = Frame(format: .gray8, width: 16, height: 16) { $0[0].fill(0) }
        Thread.detachNewThread { FrameInlet(inlet).offer(frame) }
        try await eventually { moment.isHeld }
        Thread.detachNewThread { moment.fail { branch.fail(segment, "as it may be") } }
        try await eventually(within: .seconds(10)) { moment.isOver }
    }

    @Test("The wait doubles up to a minute, and starts over after a good run")
    func backOff() {
        var retries = BranchRetries()
        let waits = (0..<9).map { _ in retries.next(after: 1_000_000_000) }
        for (wait, expected) in zip(waits, [1.0, 2, 4, 8, 16, 32, 60, 60, 60]) {
            #expect(wait >= expected * 0.8 && wait <= expected * 1.2)
        }
        #expect(retries.next(after: 31_000_000_000) <= 1.2)
    }
}

/// A frame on its way in, and a failure that is told meanwhile.
private final class Moment: Sendable {
    private let held = Atomic<Bool>(false)
    private let failing = Atomic<Bool>(false)
    private let looked = Atomic<Bool>(false)
    private let failed = Atomic<Bool>(false)

    var isHeld: Bool { held.load(ordering: .acquiring) }
    var isOver: Bool { looked.load(ordering: .acquiring) && failed.load(ordering: .acquiring) }

    /// Goes on when the failure has got as far as it can.
    func hold(_ look: () -> Void) {
        held.store(true, ordering: .releasing)
        while !failing.load(ordering: .acquiring) { sched_yield() }
        for _ in 0..<1000 {
            look()
            sched_yield()
        }
        looked.store(true, ordering: .releasing)
    }

    func fail(_ body: () -> Void) {
        failing.store(true, ordering: .releasing)
        body()
        failed.store(true, ordering: .releasing)
    }
}
