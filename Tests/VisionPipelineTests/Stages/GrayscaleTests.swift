import Testing

@testable import VisionPipeline

struct GrayscaleTests {
    @Test("is the luma plane itself, with its range", arguments: [PixelFormat.i420, .nv12])
    func sharesMemory(_ format: PixelFormat) throws {
        let limited = Colorimetry(range: .limited, matrix: .bt601)
        let detection = Detection(kind: "k", label: "l", score: 1, box: .init(x: 0, y: 0, width: 1, height: 1))
        let frame = TestFrame.make(
            format, width: 13, height: 7, colorimetry: limited, padding: 2, sequence: 5, captured: 6,
            detections: [detection]
        ) { _, _, _ in 77 }
        let gray = try #require(try GrayscaleStage(options: StageOptions([:])).process(frame))
        #expect(gray.format == .gray8 && gray.colorimetry == limited)
        #expect((gray.width, gray.height, gray.sequence, gray.captured) == (13, 7, 5, 6))
        #expect(gray.detections == [detection])
        let (base, stride) = frame.withPlanes { ($0[0].base, $0[0].stride) }
        gray.withPlanes { planes in
            #expect(planes.count == 1)
            #expect(planes[0].base == base && planes[0].stride == stride)
            #expect((planes[0].width, planes[0].height) == (13, 7))
        }
    }

    @Test("its memory lives as long as it does")
    func keepsMemory() throws {
        var frame: Frame? = TestFrame.make(.i420, width: 8, height: 8) { _, x, _ in UInt8(x) }
        let gray = try #require(frame?.luma)
        frame = nil
        #expect(gray.withPlanes { $0[0].samples[7] } == 7)
    }

    @Test("gray stays what it is, a JPEG is refused")
    func others() throws {
        let gray = TestFrame.gray()
        let stage = GrayscaleStage(options: StageOptions([:]))
        #expect(try stage.process(gray) === gray)
        #expect(throws: StageError.self) { try stage.process(TestFrame.jpeg([0xFF], width: 1, height: 1)) }
    }
}
