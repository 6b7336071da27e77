import Foundation
import Plans
import VisionPipeline

/// What a stage costs that does nothing: a plan with a hundred of them less a plan with one, both played as they are
/// in production, times measured and all.
enum ChainBenchmark {
    private static let frames = 4000
    private static let stages = 100

    static func run() throws {
        Table.section("chain", "ours", "asked")
        var results: [Double] = []
        for _ in 0..<3 {
            let (short, long) = (try play(stages: 1), try play(stages: 1 + stages))
            results.append(Double(long - short) / Double(frames * stages))
        }
        let median = results.median ?? 0
        Table.row("a stage without work, a frame", Table.time(median), Table.verdict(median, atMost: 2000, "< 2 µs"))
    }

    /// The processor time of all threads until the plan has ended.
    private static func play(stages: Int) throws -> Int64 {
        let text =
            "videotestsrc pattern=black num-buffers=\(frames)"
            + " ! video/x-raw,format=GRAY8,width=16,height=16,framerate=50000/1"
            + String(repeating: " ! grayscale", count: stages) + " ! streamtap"
        let ended = DispatchSemaphore(value: 0)
        let runner = try PipelineRunner(plan: Plan(parsing: text), deliver: { _ in }, ended: { _ in ended.signal() })
        let start = ProcessorTime.process
        runner.start()
        guard ended.wait(timeout: .now() + 60) == .success else { throw BenchmarkError.failed("a chain did not end") }
        let time = ProcessorTime.process - start
        guard runner.tapProgress.first?.frames == UInt64(frames) else {
            throw BenchmarkError.failed("a chain lost frames")
        }
        return time
    }
}
