import CAllocations
import VisionPipeline

/// The pixel stages beside OpenCV, on one 1080p gray frame.
struct PixelBenchmark {
    struct Case {
        /// Also what OpenCV's side calls it.
        var name: String
        var stage: String
        var options: [(name: String, value: StageOptions.Given)]

        init(_ name: String, _ plan: String) {
            self.name = name
            let words = plan.split(separator: " ").map(String.init)
            stage = words[0]
            options = words.dropFirst().map { word in
                let parts = word.split(separator: "=").map(String.init)
                // In a plan corners are parted by blanks.
                return (parts[0], .text(parts[1].replacing(";", with: " ")))
            }
        }
    }

    static let cases = [
        Case("gaussian-3", "blur kernel=3"),
        Case("gaussian-5", "blur kernel=5"),
        Case("gaussian-7", "blur kernel=7"),
        Case("gaussian-15", "blur kernel=15"),
        Case("gaussian-21", "blur kernel=21"),
        Case("box-5", "blur method=box kernel=5"),
        Case("box-15", "blur method=box kernel=15"),
        Case("median-3", "blur method=median kernel=3"),
        Case("median-5", "blur method=median kernel=5"),
        Case("median-7", "blur method=median kernel=7"),
        Case("median-9", "blur method=median kernel=9"),
        Case("median-11", "blur method=median kernel=11"),
        Case("median-15", "blur method=median kernel=15"),
        Case("median-21", "blur method=median kernel=21"),
        Case("threshold-binary", "threshold"),
        Case("threshold-otsu", "threshold method=otsu"),
        Case("threshold-gaussian-15", "threshold method=adaptive-gaussian"),
        Case("threshold-mean-15", "threshold method=adaptive-mean"),
        Case("erode-3", "morphology operation=erode"),
        Case("open-3", "morphology operation=open"),
        Case("open-5", "morphology operation=open kernel=5"),
        Case("close-15", "morphology operation=close kernel=15"),
        Case("sobel", "edges method=sobel"),
        Case("canny", "edges"),
        Case("clahe", "contrast method=clahe"),
        Case("stretch", "contrast clip=0"),
        Case("resize-half", "resize width=960"),
        Case("resize-640", "resize width=640 filter=bilinear"),
        Case("rotate-90", "rotate angle=90"),
        Case("rotate-180", "rotate angle=180"),
        Case("undistort", "undistort fx=1400 fy=1400 cx=960 cy=540 k1=-0.3 k2=0.1 p1=0.001 p2=-0.001"),
        Case("mask-fill", "mask polygons=0.1,0.1;0.9,0.2;0.4,0.8"),
        Case("mask-pixelate", "mask method=pixelate polygons=0.1,0.1;0.9,0.2;0.4,0.8"),
        Case("mask-blur", "mask method=blur polygons=0.1,0.1;0.9,0.2;0.4,0.8"),
        // No pixels, but a frame of its own over the other's.
        Case("crop", "crop x=100 width=640 height=360"),
    ]

    static func run(only: String?) throws {
        let (width, height) = (1920, 1080)
        let pixels = TestPicture.gray(width: width, height: height)
        let frame = TestPicture.frame(pixels, width: width, height: height)
        let opencv = OpenCV(frame: pixels, width: width, height: height)
        Table.section(
            "stages, \(width)x\(height) gray, one thread", "ours", "OpenCV \(opencv?.version ?? "–")", "ratio", "asked",
            "allocations")
        for test in cases where only.map(test.name.contains) ?? true {
            var stage = try make(test.stage, test.options)
            let floor = try opencv?.measure(test.name, 1) == nil ? nil : opencv
            let result = try Comparison(
                ours: { count in try ProcessorTime.thread(count) { _ = try stage.process(frame) } },
                floor: floor.map { opencv in { count in try opencv.measure(test.name, count) ?? 0 } })
            let before = thread_allocations()
            for _ in 0..<10 { _ = try stage.process(frame) }
            let allocations = Double(thread_allocations() - before) / 10
            Table.row(
                test.name, Table.time(result.ours), Table.time(result.floor), Table.ratio(result.ratio),
                result.ratio.map { Table.verdict($0, atMost: 1, "≤ 1.00") } ?? "", Table.number(allocations, 1))
        }
    }

    static func make(_ name: String, _ options: [(name: String, value: StageOptions.Given)]) throws -> any Stage {
        guard let type = StageCatalog.builtIn.stage(named: name) else { throw BenchmarkError.unknownStage(name) }
        return try type.init(options: StageOptions(checking: options, against: type.description))
    }
}

enum BenchmarkError: Error {
    case unknownStage(String)
    case failed(String)
}
