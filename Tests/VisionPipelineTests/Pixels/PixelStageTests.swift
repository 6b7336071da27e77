import Plans
import Testing

@testable import VisionPipeline

/// What holds for every stage on pixels, with any options.
struct PixelStageTests {
    static let lines = [
        "blur method=box kernel=21", "blur method=median kernel=3", "blur method=median kernel=7",
        "blur method=median kernel=21", "blur kernel=21", "contrast", "contrast clip=40", "contrast method=clahe",
        "contrast method=clahe clip=0 tiles=32", "contrast method=clahe clip=40 tiles=1", "threshold value=0",
        "threshold value=255 invert=true", "threshold method=otsu",
        "threshold method=adaptive-gaussian block=3 c=-255", "threshold method=adaptive-gaussian block=101 c=255",
        "threshold method=adaptive-mean block=101 c=-0.5", "morphology operation=erode kernel=1",
        "morphology operation=dilate kernel=31 repeat=10", "morphology operation=close kernel=5", "morphology",
        "edges", "edges low=0 high=0", "edges low=2040 high=2040", "edges method=sobel", "crop",
        "crop width=7 height=1",
        "resize width=1", "resize height=33 filter=bilinear", "resize width=90 height=7 filter=nearest",
        "rotate", "rotate angle=90", "rotate angle=90 flip=both", "rotate angle=90 flip=vertical",
        "rotate angle=180 flip=horizontal", "rotate angle=270", "rotate angle=270 flip=horizontal",
        "undistort fx=1 fy=1 cx=-16384 cy=16384 k1=100 k2=-100 p1=100 p2=100 k3=100",
        "undistort fx=30 fy=30 cx=10 cy=10 k1=-0.3",
        "mask polygons=0.1,0.1:0.9,0.2:0.5,0.9", "mask method=pixelate size=2 polygons=0,0:1,0:1,1:0,1",
        "mask method=pixelate size=50 polygons=0,0:1,0:0,1", "mask method=blur size=50 polygons=0,0:1,1:1,0:0,1",
        "mask method=blur size=2 polygons=0.5,0.5:0.5,0.5:0.5,0.5",
    ]
    static let sizes = [(1, 1), (2, 1), (1, 2), (1, 70), (70, 1), (33, 31)]

    static func stage(_ line: String) throws -> any Stage {
        let words = line.split(separator: " ")
        let type = try #require(StageCatalog.builtIn.stage(named: String(words[0])))
        let options = words.dropFirst().map { word -> (name: String, value: StageOptions.Given) in
            let parts = word.split(separator: "=", maxSplits: 1)
            // A colon stands for a space inside a value.
            let value = parts.count > 1 ? parts[1] : ""
            return (String(parts[0]), .text(String(value.map { $0 == ":" ? " " : $0 })))
        }
        return try type.init(options: StageOptions(checking: options, against: type.description))
    }

    static func frame(
        _ format: PixelFormat, _ size: (Int, Int), range: Colorimetry.Range, padding: Int
    ) -> Frame {
        TestFrame.make(
            format, width: size.0, height: size.1, colorimetry: Colorimetry(range: range, matrix: .bt709),
            padding: padding, sequence: 7, captured: 1234
        ) { plane, x, y in
            UInt8(truncatingIfNeeded: (x &* 31) ^ (y &* 17) ^ ((x &* y) &* 7) &+ plane)
        }
    }

    @Test("any size, format, range and stride: whole frames, the same from the same", arguments: lines)
    func conforms(line: String) throws {
        var stage = try Self.stage(line)
        var fresh = try Self.stage(line)
        for size in Self.sizes {
            for format in [PixelFormat.gray8, .i420, .nv12] {
                for range in [Colorimetry.Range.full, .limited] {
                    let tight = try #require(
                        try stage.take(Self.frame(format, size, range: range, padding: 0)))
                    let padded = try #require(
                        try stage.take(Self.frame(format, size, range: range, padding: 13)))
                    #expect(tight.sequence == 7 && tight.captured == 1234)
                    #expect(tight.width >= 1 && tight.height >= 1)
                    for plane in 0..<tight.format.planeCount {
                        let expected = tight.format.planeSize(plane, width: tight.width, height: tight.height)
                        let samples = tight.samples(plane)
                        #expect(samples.count == expected.width * expected.height)
                        #expect(samples == padded.samples(plane), "\(size) \(format) \(range): strides show")
                    }
                    if size == Self.sizes[Self.sizes.count - 1] {
                        let other = try #require(
                            try fresh.take(Self.frame(format, size, range: range, padding: 1)))
                        #expect(other.samples() == tight.samples(), "\(format) \(range): depends on what was before")
                    }
                }
            }
        }
    }

    @Test("a JPEG frame is refused", arguments: lines)
    func refusesJPEG(line: String) throws {
        var stage = try Self.stage(line)
        #expect(throws: StageError.self) {
            try stage.take(TestFrame.jpeg([0xFF, 0xD8, 0xFF, 0xD9], width: 1, height: 1))
        }
    }

    @Test("stages with absolute levels give full range, the others keep the tag")
    func ranges() throws {
        let frame = Self.frame(.i420, (16, 16), range: .limited, padding: 0)
        for (line, range, format) in [
            ("threshold", Colorimetry.Range.full, PixelFormat.gray8), ("edges", .full, .gray8),
            ("contrast", .full, .i420), ("blur", .limited, .i420), ("morphology", .limited, .gray8),
            ("rotate angle=90", .limited, .i420), ("crop x=2", .limited, .i420), ("resize width=8", .limited, .i420),
        ] {
            var stage = try Self.stage(line)
            let result = try #require(try stage.take(frame))
            #expect(result.colorimetry == Colorimetry(range: range, matrix: .bt709), "\(line)")
            #expect(result.format == format, "\(line)")
        }
    }

    @Test("limited range is expanded to the nearest level")
    func expansion() {
        let frame = TestFrame.make(.gray8, width: 256, height: 1) { _, x, _ in UInt8(x) }
        var expanded = [UInt8](repeating: 0, count: 256)
        frame.withPlanes { planes in LumaRange.expand(planes[0].samples, into: &expanded, count: 256) }
        for level in 0..<256 {
            let exact = min(max(Double(level - 16) * 255 / 219, 0), 255)
            #expect(Double(expanded[level]) == exact.rounded())
        }
        #expect(LumaRange.chromaTable[16] == 0 && LumaRange.chromaTable[128] == 128)
        #expect(LumaRange.chromaTable[240] == 255)
    }

    @Test("any factor across goes with any other down", arguments: ["box", "bilinear", "nearest"])
    func factors(filter: String) throws {
        for width in [2, 3, 4, 6, 8, 12, 16, 24, 48, 96] {
            for height in [2, 3, 4, 6, 8, 12, 16, 24, 48, 96] {
                var stage = try Self.stage("resize width=\(width) height=\(height) filter=\(filter)")
                for format in [PixelFormat.nv12, .i420, .gray8] {
                    let result = try stage.take(Self.frame(format, (48, 48), range: .full, padding: 0))
                    #expect(result?.width == width && result?.height == height)
                }
            }
        }
    }

    @Test("options that contradict each other are refused")
    func refusals() {
        for line in [
            "edges low=10 high=9", "resize", "mask polygons=0,0:1,1", "mask polygons=", "mask polygons=0,0:1,0:2,1",
            "mask polygons=0,0:1,0:nan,1", "mask polygons=0,0:1,0:x",
        ] {
            #expect(throws: StageError.self, "\(line)") { _ = try Self.stage(line) }
        }
    }
}
