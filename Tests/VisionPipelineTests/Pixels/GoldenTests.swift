import Plans
import Testing

@testable import VisionPipeline

/// Stages against OpenCV's results, which `scripts/golden/generate.py` has written.
struct GoldenTests {
    struct Case: CustomTestStringConvertible {
        var name: String
        var stage: String
        var options: [(name: String, value: StageOptions.Given)]
        /// Levels a sample may be off. OpenCV's own results vary by one with processor and version where it is 1.
        var tolerance = 0
        var isLimited = false

        init(_ name: String, _ options: String, tolerance: Int = 0) {
            isLimited = name.hasPrefix("limited-")
            self.name = name
            let words = options.split(separator: " ")
            stage = words.first.map(String.init) ?? ""
            self.options = words.dropFirst().map { word in
                let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
                return (parts[0], .text(parts[1]))
            }
            self.tolerance = tolerance
        }

        var testDescription: String { name }
    }

    static let cases = [
        Case("blur-gaussian-3", "blur method=gaussian kernel=3"),
        Case("blur-gaussian-5", "blur method=gaussian kernel=5"),
        Case("blur-gaussian-7", "blur method=gaussian kernel=7", tolerance: 1),
        Case("blur-gaussian-15", "blur method=gaussian kernel=15", tolerance: 1),
        Case("blur-box-3", "blur method=box kernel=3"),
        Case("blur-box-5", "blur method=box kernel=5"),
        Case("blur-box-9", "blur method=box kernel=9"),
        Case("blur-box-21", "blur method=box kernel=21"),
        Case("blur-median-3", "blur method=median kernel=3"),
        Case("blur-median-5", "blur method=median kernel=5"),
        Case("blur-median-9", "blur method=median kernel=9"),
        Case("blur-median-15", "blur method=median kernel=15"),
        Case("blur-median-17", "blur method=median kernel=17"),
        Case("threshold-binary", "threshold value=100"),
        Case("threshold-binary-inverted", "threshold value=100 invert=true"),
        Case("threshold-otsu", "threshold method=otsu"),
        Case("threshold-gaussian-15", "threshold method=adaptive-gaussian"),
        Case("threshold-gaussian-3", "threshold method=adaptive-gaussian block=3 c=0"),
        Case("threshold-gaussian-51", "threshold method=adaptive-gaussian block=51 c=-5.5"),
        Case("threshold-mean-15", "threshold method=adaptive-mean"),
        Case("threshold-mean-51", "threshold method=adaptive-mean block=51 c=2.5"),
        Case("morphology-erode-3", "morphology operation=erode"),
        Case("morphology-dilate-5", "morphology operation=dilate kernel=5"),
        Case("morphology-open-3", "morphology operation=open"),
        Case("morphology-close-7", "morphology operation=close kernel=7"),
        Case("morphology-open-3-twice", "morphology operation=open repeat=2"),
        Case("morphology-erode-15", "morphology operation=erode kernel=15"),
        Case("edges-canny", "edges"),
        Case("edges-canny-strict", "edges low=150 high=400"),
        Case("edges-sobel", "edges method=sobel"),
        Case("contrast-stretch", "contrast clip=0", tolerance: 1),
        Case("contrast-clahe-8", "contrast method=clahe", tolerance: 1),
        Case("contrast-clahe-3", "contrast method=clahe clip=4 tiles=3", tolerance: 1),
        Case("rotate-90", "rotate angle=90"),
        Case("rotate-180", "rotate angle=180"),
        Case("rotate-270", "rotate angle=270"),
        Case("rotate-flip", "rotate flip=horizontal"),
        Case(
            "undistort", "undistort fx=60 fy=58 cx=30.2 cy=23.1 k1=-0.25 k2=0.08 p1=0.002 p2=-0.003 k3=0.01",
            tolerance: 1),
        Case("limited-threshold-binary", "threshold value=100"),
        Case("limited-threshold-otsu", "threshold method=otsu"),
        Case("limited-threshold-gaussian-15", "threshold method=adaptive-gaussian"),
        Case("limited-threshold-mean-15", "threshold method=adaptive-mean"),
        Case("limited-edges-canny", "edges"),
        Case("limited-edges-sobel", "edges method=sobel"),
        Case("limited-contrast-stretch", "contrast clip=0", tolerance: 1),
        Case("limited-contrast-clahe-8", "contrast method=clahe", tolerance: 1),
        Case("limited-blur-gaussian-5", "blur"),
        Case("limited-blur-box-5", "blur method=box"),
        Case("limited-blur-median-5", "blur method=median"),
        Case("limited-morphology-open-3", "morphology"),
        Case("limited-rotate-90", "rotate angle=90"),
    ]

    @Test("as OpenCV", arguments: cases)
    func matches(_ test: Case) throws {
        let samples = test.isLimited ? GoldenPattern.limitedSamples() : GoldenPattern.samples()
        let frame = GoldenPattern.frame(samples, range: test.isLimited ? .limited : .full)
        try compare(frame, test)
    }

    @Test("half the size as OpenCV's area filter")
    func resizes() throws {
        let frame = GoldenPattern.frame(GoldenPattern.samples(width: 60, height: 46), width: 60, height: 46)
        try compare(frame, Case("resize-half", "resize width=30", tolerance: 1))
    }

    private func compare(_ frame: Frame, _ test: Case) throws {
        let type = try #require(StageCatalog.builtIn.stage(named: test.stage))
        var stage = try type.init(options: StageOptions(checking: test.options, against: type.description))
        let golden = try #require(GrayPicture(golden: test.name))
        let result = try #require(try stage.take(frame))
        #expect((result.width, result.height) == (golden.width, golden.height))
        let samples = result.samples()
        try #require(samples.count == golden.samples.count)
        let differences = zip(samples, golden.samples).map { abs(Int($0) - Int($1)) }
        #expect(
            differences.allSatisfy { $0 <= test.tolerance },
            "\(differences.count { $0 > test.tolerance }) samples differ, by up to \(differences.max() ?? 0)")
    }
}
