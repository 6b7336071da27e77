import CFloors
import VisionPipeline

/// The apriltag stage beside libapriltag called from C, on the same plane with the same settings.
enum AprilTagBenchmark {
    static func run() throws {
        let (width, height) = (1280, 720)
        let pixels = TestPicture.gray(width: width, height: height, tags: true)
        let frame = TestPicture.frame(pixels, width: width, height: height)
        var stage = try PixelBenchmark.make("apriltag", [])
        guard let floor = floor_apriltag_create() else { throw BenchmarkError.failed("libapriltag") }
        defer { floor_apriltag_destroy(floor) }
        let found = try stage.process(frame)?.detections?.count ?? 0
        let tags = floor_apriltag_detect(floor, pixels.memory, Int32(width), Int32(height), Int32(width))
        let result = try Comparison(
            roundTime: 60_000_000,
            ours: { count in try ProcessorTime.thread(count) { _ = try stage.process(frame) } },
            floor: { count in
                ProcessorTime.thread(count) {
                    _ = floor_apriltag_detect(floor, pixels.memory, Int32(width), Int32(height), Int32(width))
                }
            })
        Table.section("tags, \(width)x\(height)", "ours", "libapriltag", "ratio", "asked")
        Table.row(
            "apriltag, finds \(found) (libapriltag \(tags))", Table.time(result.ours), Table.time(result.floor),
            Table.ratio(result.ratio), Table.verdict(result.ratio, atMost: 1.02, "≤ 1.00"))
    }
}
