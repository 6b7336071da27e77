import CGStreamer
import Foundation
import Glibc
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// In processes of their own: other tests of this one open descriptors and start threads.
@Suite(.timeLimit(.minutes(2)))
struct CycleTests {
    @Test("Starting and stopping fifty times leaves descriptors and threads where they were")
    func cycles() async {
        await #expect(processExitsWith: .success) { try await Cycles.run() }
    }

    @Test("The leaks tracer has nothing to say after stop")
    func leaks() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            var leaks = Leaks()
            try await leaks.run()
        }
        let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        // The tracer's own declaration of the line is not the line.
        let alive = text.split(separator: "\n").filter {
            $0.contains("object-alive, type") && !$0.contains("new format")
        }
        #expect(alive == [])
        #expect(text.contains("new format string: object-alive"), "the tracer was on")
    }
}

private enum Cycles {
    static func run() async throws {
        // The first runs start threads that stay: the clock's, the pools'.
        for _ in 0..<5 { try await cycle() }
        let (files, threads) = (count("/proc/self/fd"), count("/proc/self/task"))
        for _ in 0..<50 { try await cycle() }
        // A thread that has just returned may be counted for a moment yet.
        try await eventually { count("/proc/self/task") <= threads + 2 && count("/proc/self/fd") <= files + 1 }
    }

    private static func cycle() async throws {
        let source = "videotestsrc is-live=true ! video/x-raw,width=64,height=64,framerate=200/1"
        let run = try Run("\(source) ! jpegenc ! streamtap name=a ! grayscale ! streamtap name=b")
        try await eventually { run.runner.tapProgress.map { $0.frames > 1 } == [true, true] }
        try await run.stop()
    }

    private static func count(_ directory: String) -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: directory).count) ?? 0
    }
}

private struct Leaks {
    private struct Remembered {
        weak var outlet: FrameOutlet?
    }

    private var outlets: [Remembered] = []

    mutating func run() async throws {
        setenv("GST_TRACERS", "leaks", 1)
        setenv("GST_DEBUG", "GST_TRACER:7", 1)
        try await play(
            "videotestsrc is-live=true ! video/x-raw,width=66,height=66 ! probe name=p ! streamtap name=a p. ! blur ! streamtap"
        )
        try await play(
            "videotestsrc is-live=true ! jpegenc name=c ! streamtap name=a c. ! grayscale ! streamtap name=b")
        try await play("videotestsrc is-live=true ! tee name=t t. ! queue ! fakesink t. ! streamtap name=a")
        try await play(
            "videotestsrc is-live=true ! video/x-raw,width=66,height=66 ! blur name=b ! streamtap b. ! jpegenc ! fakesink b. ! videoflip ! blur ! streamtap"
        )
        // One that was never started, one that cannot be built, one that fails.
        _ = try problems("videotestsrc ! streamtap")
        _ = try problems("videotestsrc patern=1 ! audioconvert ! x264enc tune=x ! nosuch ! streamtap")
        try await fail("filesrc location=/nowhere ! decodebin ! streamtap")
        // The control queue lets go of a run just after its ending.
        try #require(outlets.count >= 6, "\(outlets.count)")
        try await eventually { outlets.allSatisfy { $0.outlet == nil } }
        // Releases everything, so that the tracer prints its report; nothing of GStreamer may be used afterwards.
        gst_deinit()
    }

    private mutating func play(_ plan: String) async throws {
        let run = try Run(plan)
        outlets += run.runner.outlets.map { Remembered(outlet: $0) }
        try await eventually { (run.runner.tapProgress.first?.frames ?? 0) > 3 }
        try await run.stop()
    }

    private mutating func fail(_ plan: String) async throws {
        let run = try Run(plan)
        outlets += run.runner.outlets.map { Remembered(outlet: $0) }
        _ = try await run.end()
    }
}
