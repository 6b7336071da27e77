import Plans
import Testing

@testable import VisionPipeline

struct BlurTests {
    /// Weights in 1/256, from the rim to the middle.
    static func shares(_ size: Int) -> [Int] {
        let kernel = GaussianKernel(size: size)
        return kernel.half.map { Int($0) << (8 - Int(kernel.bits)) }
    }

    /// The definition, sample by sample: weights in 1/256 both ways, rounded once.
    static func reference(_ source: [[UInt8]], size: Int, channels: Int = 1) -> [[UInt8]] {
        let half = shares(size)
        let weights = half + half.dropLast().reversed()
        let (height, pixels) = (source.count, source[0].count / channels)
        func mirrored(_ index: Int, _ count: Int) -> Int {
            var index = index
            while count > 1, index < 0 || index >= count { index = index < 0 ? -index : 2 * (count - 1) - index }
            return count > 1 ? index : 0
        }
        return (0..<height).map { y in
            (0..<pixels * channels).map { x in
                var sum = 0
                for (row, down) in weights.enumerated() {
                    let line = source[mirrored(y + row - size / 2, height)]
                    for (column, across) in weights.enumerated() {
                        let pixel = mirrored(x / channels + column - size / 2, pixels)
                        sum += down * across * Int(line[pixel * channels + x % channels])
                    }
                }
                return UInt8((sum + 32768) >> 16)
            }
        }
    }

    static func rows(_ plane: Plane) -> [[UInt8]] {
        (0..<plane.height).map { y in (0..<plane.width).map { plane.samples[y * plane.stride + $0] } }
    }

    static func blur(_ kernel: Int) -> BlurStage {
        BlurStage(options: StageOptions(["kernel": .integer(Int64(kernel))]))
    }

    /// Numbers that look like noise and are the same each time.
    static func noise(_ plane: Int, _ x: Int, _ y: Int) -> UInt8 {
        var value = UInt64(plane &* 7919 &+ x &* 104_729 &+ y &* 1_299_709 &+ 12345) &* 0x9E37_79B9_7F4A_7C15
        value ^= value >> 29
        return UInt8(truncatingIfNeeded: value &* 0xBF58_476D_1CE4_E5B9 >> 40)
    }

    @Test("equals the definition, for every kernel", arguments: Array(stride(from: 1, through: 21, by: 2)))
    func everyKernel(_ kernel: Int) throws {
        let frame = TestFrame.make(.gray8, width: 37, height: 23, padding: 5, sample: Self.noise)
        let result = try #require(try Self.blur(kernel).process(frame))
        let expected = frame.withPlanes { Self.reference(Self.rows($0[0]), size: kernel) }
        #expect(result.withPlanes { Self.rows($0[0]) } == expected)
    }

    @Test(
        "equals the definition where the kernel is larger than the picture",
        arguments: [(1, 1), (2, 1), (1, 2), (3, 2), (5, 7), (16, 3), (33, 1)], [3, 5, 21])
    func smallPictures(_ size: (Int, Int), _ kernel: Int) throws {
        let frame = TestFrame.make(.gray8, width: size.0, height: size.1, sample: Self.noise)
        let result = try #require(try Self.blur(kernel).process(frame))
        let expected = frame.withPlanes { Self.reference(Self.rows($0[0]), size: kernel) }
        #expect(result.withPlanes { Self.rows($0[0]) } == expected)
    }

    @Test("colours are blurred as wide as brightness", arguments: [PixelFormat.i420, .nv12], [3, 5, 9])
    func colours(_ format: PixelFormat, _ kernel: Int) throws {
        let limited = Colorimetry(range: .limited, matrix: .bt709)
        let frame = TestFrame.make(
            format, width: 27, height: 19, colorimetry: limited, padding: 3, sequence: 9, captured: 11,
            sample: Self.noise)
        let result = try #require(try Self.blur(kernel).process(frame))
        #expect(result.format == format && result.colorimetry == limited)
        #expect((result.width, result.height, result.sequence, result.captured) == (27, 19, 9, 11))
        for index in 0..<format.planeCount {
            let size = index == 0 ? kernel : BlurStage.chromaSize(kernel)
            let channels = index == 1 && format == .nv12 ? 2 : 1
            let expected = frame.withPlanes { Self.reference(Self.rows($0[index]), size: size, channels: channels) }
            #expect(result.withPlanes { Self.rows($0[index]) } == expected, "plane \(index)")
        }
    }

    @Test(
        "known weights",
        arguments: [
            (1, [256]), (3, [64, 128]), (5, [16, 64, 96]), (7, [8, 28, 56, 72]), (9, [4, 13, 30, 51, 60]),
        ])
    func weights(_ size: Int, _ half: [Int]) {
        #expect(Self.shares(size) == half)
    }

    @Test("weights sum to one and fall from the middle", arguments: Array(stride(from: 1, through: 21, by: 2)))
    func weightSums(_ size: Int) {
        let half = Self.shares(size)
        #expect(half.count == size / 2 + 1)
        #expect(2 * half.dropLast().reduce(0, +) + (half.last ?? 0) == 256)
        #expect(half == half.sorted())
    }

    @Test("a kernel of 1 is the frame itself")
    func identity() throws {
        let frame = TestFrame.gray()
        #expect(try Self.blur(1).process(frame) === frame)
    }

    @Test("a JPEG is refused")
    func jpeg() {
        #expect(throws: StageError.self) {
            try Self.blur(5).process(TestFrame.jpeg([0xFF, 0xD8], width: 1, height: 1))
        }
    }
}
