import Plans
import Testing
import WorkerLink

@testable import VisionPipeline

/// What a chain makes of frames before stages see them.
struct FrameConverterTests {
    static let limited = Colorimetry(range: .limited, matrix: .bt709)

    static func frame(_ format: PixelFormat, _ colorimetry: Colorimetry = limited, padding: Int = 5) -> Frame {
        TestFrame.make(
            format, width: 13, height: 7, colorimetry: colorimetry, padding: padding, sequence: 3, captured: 4,
            sample: BlurTests.noise)
    }

    static func address(_ frame: Frame) -> UnsafeRawPointer { frame.withPlanes { $0[0].base } }

    @Test("What a stage takes already is given as it is", arguments: [PixelFormat.i420, .nv12, .gray8])
    func untouched(_ format: PixelFormat) throws {
        var converter = FrameConverter()
        let (limited, full) = (Self.frame(format), Self.frame(format, .jpeg))
        #expect(try converter.frame(limited, for: .pixels, in: "test") === limited)
        #expect(try converter.frame(full, for: .fullRange, in: "test") === full)
        // Luma alone is no copy either.
        let luma = try converter.frame(full, for: .fullRangeLuma, in: "test")
        #expect(luma.format == .gray8 && Self.address(luma) == Self.address(full))
    }

    @Test("Limited range becomes full, sample by sample", arguments: [PixelFormat.i420, .nv12, .gray8])
    func expands(_ format: PixelFormat) throws {
        var converter = FrameConverter()
        let source = Self.frame(format)
        let full = try converter.frame(source, for: .fullRange, in: "test")
        #expect(full.format == format && full.colorimetry == Colorimetry(range: .full, matrix: .bt709))
        #expect(full.sequence == 3 && full.captured == 4)
        let gray = try converter.frame(source, for: .fullRangeLuma, in: "test")
        #expect(gray.format == .gray8 && gray.samples() == full.samples())
        for plane in 0..<format.planeCount {
            let expected = source.samples(plane).map { sample -> UInt8 in
                plane == 0
                    ? UInt8(min(max(((Double(sample) - 16) * 255 / 219).rounded(), 0), 255))
                    : LumaRange.chromaTable[Int(sample)]
            }
            #expect(full.samples(plane) == expected, "plane \(plane)")
        }
    }

    @Test("Colours change their layout and stay what they are", arguments: [true, false])
    func layouts(_ expands: Bool) throws {
        let luma: StageInput.Luma = expands ? .full : .any
        var converter = FrameConverter()
        let source = Self.frame(.i420)
        let interleaved = try converter.frame(source, for: StageInput(formats: [.nv12], luma: luma), in: "test")
        #expect(interleaved.format == .nv12)
        let expected = expands ? try converter.frame(source, for: .fullRange, in: "test") : source
        let (u, v) = (expected.samples(1), expected.samples(2))
        #expect(interleaved.samples(1) == zip(u, v).flatMap { [$0, $1] })
        let planar = try converter.frame(interleaved, for: StageInput(formats: [.i420], luma: luma), in: "test")
        #expect((0..<3).map { planar.samples($0) } == (0..<3).map { expected.samples($0) })
        // Gray has no colours: 128, in any range.
        let coloured = try converter.frame(
            Self.frame(.gray8), for: StageInput(formats: [.nv12, .i420], luma: luma), in: "test")
        #expect(coloured.format == .nv12 && Set(coloured.samples(1)) == [128])
        let gray = try converter.frame(source, for: StageInput(formats: [.gray8], luma: luma), in: "test")
        #expect(gray.samples() == expected.samples())
    }

    @Test("One conversion serves all, whatever else was found in the meantime, and is forgotten with its frame")
    func shared() throws {
        var converter = FrameConverter()
        let source = Self.frame(.i420)
        let first = try converter.frame(source, for: .fullRangeLuma, in: "one")
        #expect(try converter.frame(source, for: .fullRangeLuma, in: "two") === first)
        let thing = Detection(kind: "k", label: "l", score: 1, box: .init(x: 0, y: 0, width: 1, height: 1))
        let more = try converter.frame(source.with(detections: [thing]), for: .fullRangeLuma, in: "three")
        #expect(more.detections == [thing] && Self.address(more) == Self.address(first))
        // The same numbers somewhere else are another picture.
        let other = try converter.frame(Self.frame(.i420), for: .fullRangeLuma, in: "four")
        #expect(Self.address(other) != Self.address(first))
        // Other formats of the same picture are other conversions.
        #expect(try converter.frame(source, for: .fullRange, in: "five").format == .i420)
        converter.finish()
        weak var held: Frame?
        do {
            let passing = Self.frame(.nv12)
            held = passing
            _ = try converter.frame(passing, for: .fullRange, in: "six")
        }
        #expect(held != nil, "its address must not be another's meanwhile")
        converter.finish()
        #expect(held == nil)
    }

    @Test("A JPEG is no pixels")
    func jpeg() {
        var converter = FrameConverter()
        let error = #expect(throws: StageError.self) {
            try converter.frame(TestFrame.jpeg([0xFF, 0xD8], width: 1, height: 1), for: .fullRange, in: "edges")
        }
        #expect(error?.code == .format && error?.message.hasPrefix("edges ") == true)
    }

    @Test("A JPEG that cannot be decoded is counted once, however many stages ask for its pixels")
    func broken() {
        let failures = DecodeFailures()
        var converter = FrameConverter(counting: failures)
        for number in 1...3 {
            let jpeg = TestFrame.jpeg([0xFF, 0xD8, 0xFF, 0xD9], width: 8, height: 8)
            for stage in ["one", "two"] {
                #expect(throws: StageError.self) { try converter.frame(jpeg, for: .pixels, in: stage) }
            }
            converter.finish()
            #expect(failures.value == UInt64(number))
        }
    }
}
