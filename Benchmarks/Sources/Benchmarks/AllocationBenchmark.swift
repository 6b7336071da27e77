import CAllocations
import CFloors
import Dispatch
import Plans
import VisionPipeline

/// How often a frame that nobody looks at asks for memory, in all threads: as a plan plays it, and pulled out of an appsink of
/// GStreamer's own. Long runs less short ones, so that starting does not count.
enum AllocationBenchmark {
    private static let (few, many) = (200, 1200)

    static func run() throws {
        Table.section("allocations a frame", "ours", "appsink", "more", "asked")
        for format in ["I420", "NV12", "GRAY8"] {
            let source = { (frames: Int) in
                "videotestsrc num-buffers=\(frames) pattern=black"
                    + " ! video/x-raw,format=\(format),width=320,height=240,framerate=20000/1"
            }
            let ours = try perFrame { try play(source($0)) }
            let floor = try perFrame { frames in
                guard floor_pull("\(source(frames)) ! queue ! appsink name=out sync=false") == frames else {
                    throw BenchmarkError.failed("an appsink lost frames")
                }
            }
            let more = max(ours - floor, 0)
            Table.row(
                "\(format) ! streamtap", Table.number(max(ours, 0), 2), Table.number(max(floor, 0), 2),
                Table.number(more, 2),
                Table.verdict(more.rounded(), atMost: 1, "≤ 1"))
        }
    }

    private static func perFrame(_ play: (_ frames: Int) throws -> Void) throws -> Double {
        try play(few)
        var counts: [Double] = []
        for _ in 0..<5 {
            let start = process_allocations()
            try play(few)
            let middle = process_allocations()
            try play(many)
            let (short, long) = (middle - start, process_allocations() - middle)
            counts.append((Double(long) - Double(short)) / Double(many - few))
        }
        return counts.median ?? 0
    }

    private static func play(_ source: String) throws {
        let ended = DispatchSemaphore(value: 0)
        let plan = try Plan(parsing: "\(source) ! streamtap")
        let runner = try PipelineRunner(plan: plan, deliver: { _ in }, ended: { _ in ended.signal() })
        runner.start()
        guard ended.wait(timeout: .now() + 60) == .success else { throw BenchmarkError.failed("a plan did not end") }
    }
}
