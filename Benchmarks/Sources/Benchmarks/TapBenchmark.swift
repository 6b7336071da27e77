import CAllocations
import CFloors
import Dispatch
import Glibc
import VisionPipeline
import WorkerLink

/// What a tap costs the pipeline, and what a watched one costs the encoders.
enum TapBenchmark {
    static func run() throws {
        Table.section("taps", "ours", "libjpeg-turbo", "ratio", "allocations")
        try offer()
        try encode("720p, full range BT.601", .jpeg, width: 1280, height: 720)
        try encode("720p, limited range BT.709", Colorimetry(range: .limited, matrix: .bt709), width: 1280, height: 720)
        try encode("1080p, full range BT.601", .jpeg, width: 1920, height: 1080)
        try overlap()
    }

    /// What a lane that is slower than its frames gains by a second thread, when that has nothing else to do.
    private static func overlap() throws {
        Table.section("a 4K lane at 60 frames a second", "two threads", "one", "ratio")
        var rates: [Int: [Double]] = [:]
        for _ in 0..<3 {
            for threads in [1, 2] { rates[threads, default: []].append(rate(threads: threads)) }
        }
        let (one, two) = (rates[1]?.median ?? 0, rates[2]?.median ?? 0)
        Table.row(
            "pictures a second", Table.number(two, 1), Table.number(one, 1), Table.ratio(one > 0 ? two / one : nil))
    }

    private static func rate(threads: Int) -> Double {
        let frame = TestPicture.colour(width: 3840, height: 2160, .jpeg)
        let tap = StreamTap(
            id: "tap", attachPoint: "node", index: 0, defaults: .asIs, fps: nil,
            encoders: EncoderPool(threads: threads))
        tap.demand([WantedVariant(tap: "tap", variant: Variant(quality: 85), stream: 1000)])
        let (frames, interval) = (120, 1_000_000_000 / 60)
        let start = ProcessorTime.wall
        for number in 1...frames {
            tap.offer(frame)
            let wait = start + Int64(number * interval) - ProcessorTime.wall
            if wait > 0 { usleep(UInt32(wait / 1000)) }
        }
        return Double(tap.progress.encoded) / (Double(ProcessorTime.wall - start) / 1e9)
    }

    private static func offer() throws {
        let tap = StreamTap(
            id: "tap", attachPoint: "node", index: 0, defaults: .asIs, fps: nil, encoders: EncoderPool(threads: 1))
        let frames = (0..<2).map { _ in TestPicture.colour(width: 64, height: 64, .jpeg) }
        var number = 0
        let result = try Comparison(ours: { count in
            ProcessorTime.thread(count) {
                tap.offer(frames[number & 1])
                number += 1
            }
        })
        let before = thread_allocations()
        for _ in 0..<1000 { tap.offer(frames[0]) }
        let allocations = Double(thread_allocations() - before) / 1000
        Table.row("offer to a tap nobody watches", Table.time(result.ours), "–", "–", Table.number(allocations, 1))
    }

    private static func encode(_ name: String, _ colorimetry: Colorimetry, width: Int, height: Int) throws {
        let quality = 85
        let frame = TestPicture.colour(width: width, height: height, colorimetry)
        let delivered = DispatchSemaphore(value: 0)
        let tap = StreamTap(
            id: "tap", attachPoint: "node", index: 0, defaults: .asIs, fps: nil,
            encoders: EncoderPool(threads: 1, deliver: { _ in delivered.signal() }))
        tap.demand([WantedVariant(tap: "tap", variant: Variant(quality: quality), stream: 1_000_000)])
        guard let floor = floor_jpeg_create(Int32(width), Int32(height)) else {
            throw BenchmarkError.failed("libjpeg-turbo")
        }
        defer { floor_jpeg_destroy(floor) }
        let result = try Comparison(
            ours: { count in
                let start = ProcessorTime.process
                for _ in 0..<count {
                    tap.offer(frame)
                    delivered.wait()
                }
                return ProcessorTime.process - start
            },
            floor: { count in
                frame.withPlanes { planes in
                    let bytes = planes.map { $0.base.assumingMemoryBound(to: UInt8.self) }
                    let strides = planes.map { Int32($0.stride) }
                    return ProcessorTime.thread(count) {
                        _ = floor_jpeg_encode(floor, bytes[0], bytes[1], bytes[2], strides, Int32(quality))
                    }
                }
            })
        Table.row(
            "a lane's JPEG, \(name)", Table.time(result.ours), Table.time(result.floor), Table.ratio(result.ratio))
    }
}
