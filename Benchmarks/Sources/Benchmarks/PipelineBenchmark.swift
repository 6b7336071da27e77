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
        let film = try Film(launcher)
        defer { film.remove() }
        Table.section("a plan that nobody watches, a frame", "ours", "gst-launch", "ratio", "asked")
        try row("videotestsrc 720p ! streamtap", launcher, frames: (100, 600)) {
            "videotestsrc num-buffers=\($0) ! \(source)"
        }
        try row("H.264 720p film ! streamtap", launcher, frames: (Film.short, Film.long), limit: 1.05) {
            "filesrc location=\(film.path(frames: $0)) ! qtdemux ! h264parse ! avdec_h264"
        }
    }

    private static func row(
        _ name: String, _ launcher: URL, frames: (few: Int, many: Int), limit: Double? = nil,
        _ plan: (_ frames: Int) -> String
    ) throws {
        var ratios: [Double] = []
        var (mine, others): ([Double], [Double]) = ([], [])
        let count = Double(frames.many - frames.few)
        for _ in 0..<5 {
            mine.append(Double(try play(plan(frames.many)) - play(plan(frames.few))) / count)
            others.append(
                Double(try launch(launcher, plan(frames.many)) - launch(launcher, plan(frames.few))) / count)
            ratios.append((mine.last ?? 0) / max(others.last ?? 0, 1))
        }
        Table.row(
            name, Table.time(mine.median), Table.time(others.median), Table.ratio(ratios.median),
            Table.verdict(ratios.median, atMost: limit, "≤ 1.05"))
    }

    /// A camera's H.264, with timestamps so close that a player need not wait for them.
    private struct Film {
        static let (short, long) = (100, 700)
        private let folder = FileManager.default.temporaryDirectory.appending(
            path: "benchmark-\(ProcessInfo.processInfo.processIdentifier)")

        init(_ launcher: URL) throws {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for frames in [Self.short, Self.long] {
                let process = Process()
                process.executableURL = launcher
                process.arguments = words(
                    "-q videotestsrc num-buffers=\(frames) pattern=ball"
                        + " ! video/x-raw,format=I420,width=1280,height=720,framerate=3000/1"
                        + " ! x264enc speed-preset=veryfast tune=zerolatency key-int-max=30 ! h264parse ! qtmux"
                        + " ! filesink location=\(path(frames: frames))")
                try process.run()
                process.waitUntilExit()
            }
        }

        func path(frames: Int) -> String { folder.appending(path: "\(frames).mov").path }
        func remove() { try? FileManager.default.removeItem(at: folder) }
    }

    private static func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    private static func play(_ source: String) throws -> Int64 {
        let ended = DispatchSemaphore(value: 0)
        let plan = try Plan(parsing: "\(source) ! streamtap")
        let runner = try PipelineRunner(plan: plan, deliver: { _ in }, ended: { _ in ended.signal() })
        let start = ProcessorTime.process
        runner.start()
        guard ended.wait(timeout: .now() + 60) == .success else { throw BenchmarkError.failed("a plan did not end") }
        return ProcessorTime.process - start
    }

    private static func launch(_ launcher: URL, _ source: String) throws -> Int64 {
        let process = Process()
        process.executableURL = launcher
        process.arguments = words("-q \(source) ! queue ! videoconvert ! fakesink sync=false")
        let start = floor_children_time()
        try process.run()
        process.waitUntilExit()
        return floor_children_time() - start
    }
}
