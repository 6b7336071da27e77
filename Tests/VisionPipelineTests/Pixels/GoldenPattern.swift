@testable import VisionPipeline

/// The picture that the golden pictures were made from: a ramp, a bright block, a dark disc, a checkerboard, and noise.
/// `scripts/golden/generate.py` draws the same.
enum GoldenPattern {
    static func samples(width: Int = 61, height: Int = 47) -> [UInt8] {
        var state: UInt32 = 1
        return (0..<height * width).map { index in
            let (x, y) = (index % width, index / width)
            state = state &* 1_664_525 &+ 1_013_904_223
            var value = 40 + 2 * x
            if (10..<25).contains(x), (8..<30).contains(y) { value = 200 }
            if (x - 43) * (x - 43) + (y - 24) * (y - 24) < 144 { value = 30 }
            if x >= 30, y >= 38 { value = (x / 4 + y / 4) % 2 == 0 ? 0 : 220 }
            return UInt8(clamping: value + Int(state >> 24) % 32 - 16)
        }
    }

    /// As a camera with luma 16…235 gives it, with two samples outside of that.
    static func limitedSamples() -> [UInt8] {
        var samples = samples().map { UInt8(16 + (Int($0) * 219 + 127) / 255) }
        samples[0] = 3
        samples[1] = 250
        return samples
    }

    static func frame(
        _ samples: [UInt8], width: Int = 61, height: Int = 47, range: Colorimetry.Range = .full,
        format: PixelFormat = .gray8
    ) -> Frame {
        TestFrame.make(
            format, width: width, height: height, colorimetry: Colorimetry(range: range, matrix: .bt601), padding: 5
        ) { plane, x, y in plane == 0 ? samples[y * width + x] : UInt8(truncatingIfNeeded: 100 + 3 * x + 5 * y + plane)
        }
    }
}

extension Frame {
    /// A plane's samples row after row, without what lies between the rows.
    func samples(_ plane: Int = 0) -> [UInt8] {
        withPlanes { planes in
            let plane = planes[plane]
            return (0..<plane.height).flatMap { y in
                (0..<plane.width).map { (plane.base + y * plane.stride).load(fromByteOffset: $0, as: UInt8.self) }
            }
        }
    }
}
