import Foundation
import Plans
import Synchronization
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// What feeds a recording or is one, made anew.
@Suite(.timeLimit(.minutes(2)))
struct RebuiltSourceTests {
    private static let good =
        "videotestsrc is-live=true ! video/x-raw,width=64,height=64,framerate=20/1 ! streamtap name=good\n"

    @Test("A film that fails and is tried again among several sources still reaches its recordings")
    func film() async throws {
        let film = try Film(frames: 60, fps: 60)
        defer { film.remove() }
        let place = try Recording()
        defer { place.remove() }
        let run = try Run(
            Self.good
                + """
                filesrc location=\(film.path) ! qtdemux ! h264parse ! identity error-after=41 ! tee name=coded
                coded. ! queue ! avdec_h264 ! streamtap name=film ! blur name=soft
                coded. ! queue ! matroskamux name=copy ! filesink location=\(place.path("copy.mkv"))
                soft. ! jpegenc name=made ! matroskamux ! filesink location=\(place.path("made.mkv"))
                """)
        try await eventually(
            "both branches go on", within: .seconds(30), evidence: { "\(run.runner.branches) \(run.runner.sources)" }
        ) {
            let frames = run.runner.branches.reduce(into: [:]) { $0[$1.name] = $1.frames }
            // Little is decoded before the film fails: less than two pictures in each attempt.
            return frames["copy"] ?? 0 > 80 && frames["made"] ?? 0 > 2
        }
        #expect(run.runner.branches.allSatisfy { $0.state == .running }, "\(run.runner.branches)")
        try await run.stop()
        for (name, frames) in [("copy.mkv", 80), ("made.mkv", 2)] {
            #expect(try place.facts(name).frames > frames, "\(name)")
        }
    }

    @Test("A source that is only recorded runs when something has come, not before")
    func nothingComes() async throws {
        let place = try Recording()
        defer { place.remove() }
        let port = try ReservedPort()
        let run = try Run(
            Self.good
                + """
                udpsrc name=silent address=127.0.0.1 port=\(port.number) ! filesink location=\(place.path("a.ts"))
                videotestsrc is-live=true ! jpegenc ! multifilesink location=\(place.path("%d.jpg"))
                """)
        try await eventually(within: .seconds(30)) {
            run.runner.sources.first { $0.sources == ["silent"] }?.trouble?.reason == .noFirstFrame
        }
        #expect(run.runner.sources.filter { $0.trouble != nil }.count == 1)
        try await run.stop()
        withExtendedLifetime(port) {}
    }

    @Test("A pipeline that took so long to be made that its follower came first takes nothing from that")
    func late() async throws {
        let place = try Recording()
        defer { place.remove() }
        let plan = try PlanBuilder(encoders: EncoderPool(threads: 1)).build(
            Plan(
                parsing: """
                    videotestsrc is-live=true ! tee name=t t. ! queue ! streamtap
                    t. ! queue ! jpegenc ! matroskamux ! filesink location=\(place.path("a.mkv"))
                    """
            ).graph)
        defer { plan.stop() }
        let source = try #require(plan.segments.first { $0.branchName == nil })
        let branch = try #require(plan.segments.first { $0.branchName != nil }?.inlets.first)
        let recipe = try #require(source.recipe)
        let second = try #require(recipe.build(after: source, attempt: 2))
        let first = try #require(recipe.build(after: source, attempt: 1))
        defer { for segment in [first, second] { segment.stop(keepingTrees: true) } }
        for segment in [first, second] {
            segment.pipeline?.useSystemClock()
            segment.configure(isLive: true, baseTime: MonotonicClock.now())
        }
        _ = first.pipeline?.set(.playing)
        try await eventually {
            first.outlets[0].counts.progress(node: "", waiting: 0).frames == 0 && first.cuts.count == 1
        }
        _ = second.pipeline?.set(.playing)
        try await eventually { second.outlets[0].frames > 5 }
        try await eventually { branch.counts.lost(waiting: 0) > 5 }
        #expect(branch.turn == 2)
    }

    @Test("A film goes on when its recording cannot be made anew for a change of size")
    func hangs() async throws {
        let place = try Recording()
        defer { place.remove() }
        let pipe = place.path("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        // Reads the first file to its end; nobody opens the pipe for the second one.
        let reader = Thread { _ = try? FileHandle(forReadingFrom: URL(filePath: pipe)).readToEnd() }
        reader.start()
        let run = try Run(
            """
            videotestsrc num-buffers=400 ! video/x-raw,format=I420,width=64,height=64,framerate=200/1
              ! alternate name=p each=100 ! streamtap
            p. ! jpegenc ! matroskamux ! filesink location=\(pipe)
            """)
        try await eventually("the first file is read", evidence: { "\(run.runner.branches) \(run.runner.tapProgress)" })
        { reader.isFinished }
        let ending = try await Self.ending(of: run, within: .seconds(60))
        #expect(ending?.reason == .endOfStream)
        #expect(run.runner.tapProgress[0].frames == 400)
        #expect(run.runner.branches[0].state == .failed, "\(run.runner.branches)")
        // Lets go of the thread.
        try FileHandle(forUpdating: URL(filePath: pipe)).close()
    }

    private static func ending(of run: Run, within time: Duration) async throws -> PlanEnding? {
        try await eventually(
            "the end", within: time, evidence: { "\(run.runner.branches) \(run.runner.tapProgress)" }
        ) { run.ending != nil }
        return run.ending
    }
}
