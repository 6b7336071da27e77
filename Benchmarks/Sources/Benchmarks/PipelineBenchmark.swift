import CFloors
import Dispatch
import Foundation
import Plans
import VisionPipeline

/// A plan that nobody watches beside gst-launch with the same elements and a sink that throws away: all threads, and
/// long runs less short ones, so that starting does not count.
enum PipelineBenchmark {
    private static let source = "video/x-raw,format=I420,width=1280,height=720,framerate=20000/1"

    static func run() throws {
        let launcher = URL(filePath: "/usr/bin/gst-launch-1.0")
        guard FileManager.default.isExecutableFile(atPath: launcher.path) else { return }
        var ratios: [Double] = []
        var (mine, others): ([Double], [Double]) = ([], [])
        for _ in 0..<3 {
            mine.append(Double(try play(600) - play(100)) / 500)
            others.append(Double(try launch(launcher, 600) - launch(launcher, 100)) / 500)
            ratios.append((mine.last ?? 0) / max(others.last ?? 0, 1))
        }
        Table.section("a plan that nobody watches, a frame", "ours", "gst-launch", "ratio")
        Table.row(
            "videotestsrc 720p ! streamtap", Table.time(mine.median), Table.time(others.median),
            Table.ratio(ratios.median))
    }

    private static func play(_ frames: Int) throws -> Int64 {
        let ended = DispatchSemaphore(value: 0)
        let plan = try Plan(parsing: "videotestsrc num-buffers=\(frames) ! \(source) ! streamtap")
        let runner = try PipelineRunner(plan: plan, deliver: { _ in }, ended: { _ in ended.signal() })
        let start = ProcessorTime.process
        runner.start()
        guard ended.wait(timeout: .now() + 60) == .success else { throw BenchmarkError.failed("a plan did not end") }
        return ProcessorTime.process - start
    }

    private static func launch(_ launcher: URL, _ frames: Int) throws -> Int64 {
        let process = Process()
        process.executableURL = launcher
        process.arguments =
            ["-q", "videotestsrc", "num-buffers=\(frames)", "!", source, "!", "queue", "!", "videoconvert", "!"]
            + ["fakesink", "sync=false"]
        let start = floor_children_time()
        try process.run()
        process.waitUntilExit()
        return floor_children_time() - start
    }
}
