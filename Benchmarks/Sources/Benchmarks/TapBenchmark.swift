import CAllocations
import CFloors
import Dispatch
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
