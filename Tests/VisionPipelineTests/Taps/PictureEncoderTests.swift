import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

struct PictureEncoderTests {
    @Test(
        "fits the box: aspect kept, never enlarged, even unless it is as it was",
        arguments: [
            (1920, 1080, 640, nil, 640, 360), (1920, 1080, nil, 360, 640, 360), (1920, 1080, 640, 100, 178, 100),
            (1920, 1080, 100, 640, 100, 56), (642, 359, nil, nil, 642, 359), (642, 359, 642, 359, 642, 359),
            (642, 359, 2000, nil, 642, 359), (642, 359, 641, nil, 640, 358), (1, 100, nil, 10, 1, 10),
            (100, 1, 10, nil, 10, 1), (3, 3, 2, nil, 2, 2), (3, 3, 1, nil, 1, 2), (65_535, 65_535, 1, 1, 1, 1),
            (640, 480, 0, -5, 1, 1), (640, 480, Int.max, Int.max, 640, 480), (65_535, 1, 16, nil, 16, 1),
        ] as [(Int, Int, Int?, Int?, Int, Int)])
    func fits(_ width: Int, _ height: Int, _ boxWidth: Int?, _ boxHeight: Int?, _ toWidth: Int, _ toHeight: Int) {
        let size = PictureSize(width: width, height: height).fitting(Variant(width: boxWidth, height: boxHeight))
        #expect(size == PictureSize(width: toWidth, height: toHeight))
    }

    @Test(
        "every small size becomes a picture of that size", arguments: [PixelFormat.i420, .nv12, .gray8],
        [Colorimetry.jpeg, Colorimetry(range: .limited, matrix: .bt709)])
    func smallSizes(_ format: PixelFormat, _ colorimetry: Colorimetry) throws {
        let encoder = try PictureEncoder()
        for (width, height) in [(1, 1), (1, 2), (2, 1), (3, 3), (15, 17), (16, 16), (17, 33), (64, 1)] {
            for padding in [0, 3] {
                let frame = TestFrame.make(
                    format, width: width, height: height, colorimetry: colorimetry, padding: padding
                ) { _, _, _ in 128 }
                let decoded = try DecodedJPEG(try encoder.encode(frame, as: .asIs).jpeg)
                #expect((decoded.width, decoded.height) == (width, height))
                let level = colorimetry.range == .full ? 128 : 130
                #expect(abs(decoded[width - 1, height - 1].green - level) <= 2)
                let half = try encoder.encode(frame, as: Variant(width: max(1, width / 2)))
                _ = try DecodedJPEG(half.jpeg)
            }
        }
    }

    @Test("quality counts, and is held to 1…100")
    func quality() throws {
        let encoder = try PictureEncoder()
        let frame = TestFrame.make(.i420, width: 64, height: 64, sample: BlurTests.noise)
        let sizes = try [-5, 1, 50, 85, 100, 900].map { try encoder.encode(frame, as: Variant(quality: $0)).jpeg.count }
        #expect(sizes == sizes.sorted())
        #expect(sizes[0] == sizes[1] && sizes[4] == sizes[5] && sizes[1] < sizes[2])
        #expect(try encoder.encode(frame, as: .asIs).jpeg.count == sizes[3])
    }

    /// A colour picture as a camera would give it.
    static func camera(width: Int, height: Int) throws -> Frame {
        let frame = TestFrame.make(.i420, width: width, height: height) { plane, _, _ in [150, 100, 180][plane] }
        return TestFrame.jpeg(try PictureEncoder().encode(frame, as: .asIs).jpeg, width: width, height: height)
    }

    @Test("a camera's own JPEG passes untouched while nobody asks for a size or quality")
    func passesThrough() throws {
        let encoder = try PictureEncoder()
        let frame = try Self.camera(width: 101, height: 75)
        let bytes = frame.withPlanes { JPEGBytesArray($0[0]) }
        #expect(try encoder.encode(frame, as: .asIs).jpeg == bytes)
        #expect(try encoder.encode(frame, as: Variant(width: 200)).jpeg == bytes)
        let padded = TestFrame.jpeg(bytes + [0, 0, 0], width: 101, height: 75)
        #expect(try encoder.encode(padded, as: .asIs).jpeg == bytes)
        #expect(try encoder.encode(frame, as: Variant(quality: 20)).jpeg != bytes)
    }

    private func JPEGBytesArray(_ plane: Plane) -> [UInt8] {
        Array(UnsafeBufferPointer(start: plane.samples, count: plane.stride))
    }

    @Test("a camera's JPEG is made smaller and keeps its colour", arguments: [400, 200, 150, 99, 50, 10])
    func smaller(_ width: Int) throws {
        let frame = try Self.camera(width: 401, height: 303)
        let picture = try PictureEncoder().encode(frame, as: Variant(width: width))
        let decoded = try DecodedJPEG(picture.jpeg)
        #expect(decoded.width == width & ~1 && picture.size.width == decoded.width)
        // Y 150, Cb 100, Cr 180 in JFIF's equations.
        for (x, y) in [(0, 0), (decoded.width - 1, decoded.height - 1), (decoded.width / 2, decoded.height / 2)] {
            let pixel = decoded[x, y]
            #expect(abs(pixel.red - 223) <= 4 && abs(pixel.green - 122) <= 4 && abs(pixel.blue - 100) <= 4)
        }
    }

    @Test("what is no JPEG is an error, never a trap")
    func broken() throws {
        let encoder = try PictureEncoder()
        let frame = try Self.camera(width: 64, height: 48)
        let good = frame.withPlanes { JPEGBytesArray($0[0]) }
        for bytes in [[], [0xFF], [0xFF, 0xD8], [0, 0, 0, 0, 0], Array(good.dropLast(2)), Array(good.dropFirst())] {
            #expect(throws: JPEGError.incompleteJPEG) {
                try encoder.encode(TestFrame.jpeg(bytes, width: 64, height: 48), as: .asIs)
            }
        }
        #expect(throws: JPEGError.self) {
            try encoder.encode(TestFrame.jpeg([0xFF, 0xD8, 0xFF, 0xD9], width: 64, height: 48), as: Variant(width: 8))
        }
        // Says that it is larger than its source announced.
        #expect(throws: JPEGError.size(width: 64, height: 48)) {
            try encoder.encode(TestFrame.jpeg(good, width: 32, height: 24), as: Variant(width: 16))
        }
        var random = SeededGenerator.announced()
        for _ in 0..<500 {
            var bytes = good
            for _ in 0..<8 {
                bytes[Int.random(in: 2..<(bytes.count - 2), using: &random)] = .random(in: 0...255, using: &random)
            }
            _ = try? encoder.encode(TestFrame.jpeg(bytes, width: 64, height: 48), as: Variant(width: 20))
        }
        #expect(try DecodedJPEG(encoder.encode(frame, as: Variant(width: 20)).jpeg).width == 20)
    }

    @Test("a side of no pixels or of more than JPEG knows is an error")
    func sizes() throws {
        let encoder = try PictureEncoder()
        #expect(throws: JPEGError.size(width: 0, height: 5)) {
            try encoder.encode(TestFrame.gray(width: 0, height: 5), as: .asIs)
        }
        #expect(throws: JPEGError.size(width: 65_536, height: 1)) {
            try encoder.encode(TestFrame.gray(width: 65_536, height: 1), as: .asIs)
        }
    }
}
