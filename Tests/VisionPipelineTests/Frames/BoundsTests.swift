#if os(Linux)
import Testing
import WorkerLink

@testable import VisionPipeline

/// Nothing reads past the end of a plane. In a process of its own, since that would end it.
struct BoundsTests {
    static let sizes = [(1, 1), (2, 1), (1, 3), (15, 9), (16, 16), (33, 17), (64, 48), (101, 75), (131, 2)]
    static let colorimetries = [Colorimetry.jpeg, Colorimetry(range: .limited, matrix: .bt709)]

    /// The body's frames: every format, size and colorimetry.
    static func forEachFrame(_ body: (Frame) throws -> Void) throws {
        for format in [PixelFormat.i420, .nv12, .gray8] {
            for (width, height) in sizes {
                for colorimetry in colorimetries {
                    try body(
                        try #require(
                            GuardedPlanes.frame(format, width: width, height: height, colorimetry: colorimetry)))
                }
            }
        }
    }

    @Test("the guard works")
    func guarded() async {
        await #expect(processExitsWith: .failure) {
            let frame = GuardedPlanes.frame(.gray8, width: 5, height: 3, colorimetry: .jpeg)
            let past = frame?.withPlanes { $0[0].samples[15] }
            print(past ?? 0)
        }
    }

    @Test("encoding stays inside")
    func encoder() async {
        await #expect(processExitsWith: .success) {
            let encoder = try PictureEncoder()
            try BoundsTests.forEachFrame { frame in
                _ = try encoder.encode(frame, as: .asIs)
                for width in [frame.width / 2, frame.width / 3, frame.width - 1] {
                    _ = try encoder.encode(frame, as: Variant(width: max(1, width)))
                }
            }
        }
    }

    @Test("every stage stays inside")
    func stages() async {
        await #expect(processExitsWith: .success) {
            for name in StageConformance.names {
                var stage = try StageConformance.make(name)
                try BoundsTests.forEachFrame { frame in
                    do { _ = try stage.take(frame) } catch is StageError {}
                }
            }
        }
    }

    @Test("every stage on pixels stays inside, with any options")
    func pixelStages() async {
        await #expect(processExitsWith: .success) {
            for line in PixelStageTests.lines {
                var stage = try PixelStageTests.stage(line)
                try BoundsTests.forEachFrame { frame in
                    do { _ = try stage.take(frame) } catch is StageError {}
                }
            }
        }
    }
}
#endif
