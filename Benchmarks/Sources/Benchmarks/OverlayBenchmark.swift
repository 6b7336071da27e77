import VisionPipeline

/// Zones with their counts on a 720p picture: as they are on most frames, and when all of them change with each.
enum OverlayBenchmark {
    static func run() throws {
        let frame = TestPicture.colour(width: 1280, height: 720, .jpeg)
        let (still, moving) = ((0..<2).map { _ in zones(0) }, (0..<2).map { zones(Double($0)) })
        var (kept, redrawn) = (try PixelBenchmark.make("overlay", []), try PixelBenchmark.make("overlay", []))
        func draw(_ stage: inout any Stage, _ zones: [[Detection]], _ count: Int) throws -> Int64 {
            var number = 0
            return try ProcessorTime.thread(count) {
                _ = try stage.process(frame.with(detections: zones[number & 1]))
                number += 1
            }
        }
        let result = try Comparison(
            ours: { try draw(&kept, still, $0 + $0 % 2) }, floor: { try draw(&redrawn, moving, $0 + $0 % 2) })
        Table.section("overlay, 720p, four zones", "unchanged", "changed", "ratio")
        Table.row("a frame", Table.time(result.ours), Table.time(result.floor), Table.ratio(result.ratio))
    }

    private static func zones(_ shift: Double) -> [Detection] {
        (0..<4).map { number in
            let (x, y) = (Double(number % 2) * 620 + 30 + shift, Double(number / 2) * 340 + 40)
            let corners = [(x, y), (x + 500, y + 30), (x + 480, y + 250), (x + 20, y + 220)]
                .map { Detection.Point(x: $0.0, y: $0.1) }
            return Detection(
                kind: .zone, label: "zone \(number)", score: 1, box: .init(around: corners), corners: corners)
        }
    }
}
