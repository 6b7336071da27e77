import Testing
import WorkerLink

@testable import VisionPipeline

/// What a viewer sees is what the source meant: colour bars through every format, range, matrix and odd sizes.
struct ColorTests {
    struct Case: CustomTestStringConvertible {
        var format: PixelFormat
        var colorimetry: Colorimetry
        var width: Int
        var height: Int
        var padding: Int
        var testDescription: String {
            "\(format) \(colorimetry.range) \(colorimetry.matrix) \(width)x\(height)+\(padding)"
        }
    }

    static let cases: [Case] = {
        var cases: [Case] = []
        for format in [PixelFormat.i420, .nv12] {
            for range in [Colorimetry.Range.limited, .full] {
                for matrix in [Colorimetry.Matrix.bt601, .bt709, .bt2020] {
                    for (width, height, padding) in [(640, 480, 0), (642, 359, 7)] {
                        cases.append(
                            Case(
                                format: format, colorimetry: Colorimetry(range: range, matrix: matrix), width: width,
                                height: height, padding: padding))
                    }
                }
            }
        }
        let hd = Colorimetry(range: .limited, matrix: .bt709)
        cases.append(Case(format: .nv12, colorimetry: hd, width: 1920, height: 1080, padding: 0))
        cases.append(Case(format: .i420, colorimetry: hd, width: 1920, height: 1080, padding: 64))
        cases.append(Case(format: .i420, colorimetry: hd, width: 641, height: 481, padding: 0))
        return cases
    }()

    /// White, yellow, cyan, green, magenta, red, blue, black at 75 %, then a mid gray and a skin tone.
    static let bars: [(Double, Double, Double)] = [
        (1, 1, 1), (0.75, 0.75, 0), (0, 0.75, 0.75), (0, 0.75, 0), (0.75, 0, 0.75), (0.75, 0, 0), (0, 0, 0.75),
        (0, 0, 0), (0.5, 0.5, 0.5), (0.8, 0.6, 0.5),
    ]

    /// The samples of one colour, after ITU-T H.273 8.3, in floating point.
    static func samples(_ color: (Double, Double, Double), _ colorimetry: Colorimetry) -> [UInt8] {
        let (kr, kb): (Double, Double) =
            switch colorimetry.matrix {
            case .bt601: (0.299, 0.114)
            case .bt709: (0.2126, 0.0722)
            case .bt2020: (0.2627, 0.0593)
            }
        let y = kr * color.0 + (1 - kr - kb) * color.1 + kb * color.2
        let cb = (color.2 - y) / (2 * (1 - kb))
        let cr = (color.0 - y) / (2 * (1 - kr))
        let limited = colorimetry.range == .limited
        return [
            limited ? 16 + 219 * y : 255 * y,
            128 + (limited ? 224 : 255) * cb,
            128 + (limited ? 224 : 255) * cr,
        ].map { UInt8(max(0, min(255, $0.rounded()))) }
    }

    static func frame(_ test: Case) -> Frame {
        let colors = bars.map { samples($0, test.colorimetry) }
        func bar(_ x: Int, of width: Int) -> [UInt8] { colors[min(x * bars.count / width, bars.count - 1)] }
        let half = (test.width + 1) / 2
        return TestFrame.make(
            test.format, width: test.width, height: test.height, colorimetry: test.colorimetry, padding: test.padding
        ) { plane, x, _ in
            switch (plane, test.format) {
            case (0, _): bar(x, of: test.width)[0]
            case (1, .nv12): bar(x / 2, of: half)[1 + x % 2]
            default: bar(x, of: half)[plane]
            }
        }
    }

    @Test("bars keep their colours", arguments: cases)
    func bars(_ test: Case) throws {
        let picture = try PictureEncoder().encode(Self.frame(test), as: Variant(quality: 95))
        let decoded = try DecodedJPEG(picture.jpeg)
        #expect(decoded.width == test.width && decoded.height == test.height)
        try Self.expectBars(decoded, within: 4)
    }

    @Test("bars keep their colours when scaled", arguments: [PixelFormat.i420, .nv12])
    func scaled(_ format: PixelFormat) throws {
        let test = Case(
            format: format, colorimetry: Colorimetry(range: .limited, matrix: .bt709), width: 1279, height: 719,
            padding: 5)
        let picture = try PictureEncoder().encode(Self.frame(test), as: Variant(width: 500, quality: 95))
        let decoded = try DecodedJPEG(picture.jpeg)
        #expect(decoded.width == 500 && decoded.height == 282)
        try Self.expectBars(decoded, within: 6)
    }

    @Test("a limited gray becomes a full gray JPEG", arguments: [(16, 0), (235, 255), (126, 128), (5, 0), (250, 255)])
    func gray(_ sample: Int, _ expected: Int) throws {
        let limited = Colorimetry(range: .limited, matrix: .bt709)
        let frame = TestFrame.make(.gray8, width: 33, height: 17, colorimetry: limited, padding: 3) { _, _, _ in
            UInt8(sample)
        }
        let decoded = try DecodedJPEG(try PictureEncoder().encode(frame, as: .asIs).jpeg)
        #expect(decoded.isGray)
        #expect(abs(decoded[16, 8].green - expected) <= 1)
        #expect(abs(decoded[32, 16].green - expected) <= 1)
    }

    /// The middle of each bar, and the last row, where an odd height would show foreign samples.
    private static func expectBars(_ decoded: DecodedJPEG, within tolerance: Int) throws {
        for (index, color) in bars.enumerated() {
            let x = (2 * index + 1) * decoded.width / (2 * bars.count)
            for y in [0, decoded.height / 2, decoded.height - 1] {
                let pixel = decoded[x, y]
                let truth = [color.0, color.1, color.2].map { Int((255 * $0).rounded()) }
                let worst = zip([pixel.red, pixel.green, pixel.blue], truth).map { abs($0 - $1) }.max() ?? 0
                #expect(worst <= tolerance, "bar \(index) at \(x),\(y): \(pixel), should be \(truth)")
            }
        }
        let corner = decoded[decoded.width - 1, decoded.height - 1]
        let last = bars[bars.count - 1]
        #expect(abs(corner.red - Int(255 * last.0)) <= tolerance && abs(corner.blue - Int(255 * last.2)) <= tolerance)
    }
}
