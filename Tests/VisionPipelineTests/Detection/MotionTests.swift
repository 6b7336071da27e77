import Plans
import Testing

@testable import VisionPipeline

@Suite struct MotionTests {
    /// A still scene of stripes, made brighter by `light`, with a bright square where `square` says; 25 fps.
    static func frame(_ index: Int, square: (x: Int, y: Int)?, light: Int = 0, format: PixelFormat = .gray8) -> Frame {
        TestFrame.make(
            format, width: 320, height: 240, padding: 3, sequence: UInt64(index + 1),
            captured: Int64(index) * 40_000_000
        ) { plane, x, y in
            guard plane == 0 else { return 128 }
            if let square, x >= square.x, x < square.x + 40, y >= square.y, y < square.y + 40 { return 230 }
            return UInt8(60 + (x / 20 % 2) * 40 + light)
        }
    }

    static func stage(_ changes: [String: ParameterValue] = [:]) throws -> StageRun {
        try StageRun(MotionStage.self, changes)
    }

    static func boxes(_ frame: Frame?) -> [Detection] {
        frame?.detections?.filter { $0.kind == "motion" } ?? []
    }

    static func state(_ frame: Frame?) -> Detection? {
        frame?.detections?.first { $0.kind == "motion-state" }
    }

    @Test("finds a square that moves, where it is", arguments: [PixelFormat.gray8, .i420, .nv12])
    func movingSquare(format: PixelFormat) throws {
        let stage = try Self.stage()
        for index in 0..<10 {
            let out = try stage.process(Self.frame(index, square: nil, format: format))
            #expect(Self.boxes(out).isEmpty)
            #expect(Self.state(out)?.label == "still")
        }
        for index in 10..<20 {
            let place = (x: 20 + index * 10, y: 100)
            let out = try stage.process(Self.frame(index, square: place, format: format))
            let expected = Detection.Box(x: Double(place.x), y: 100, width: 40, height: 40)
            let best = Self.boxes(out).map { $0.box.overlap(expected) }.max() ?? 0
            #expect(best > 0.6, "frame \(index)")
            #expect(Self.state(out)?.label == "motion")
        }
    }

    @Test("says motion until nothing has moved for the hold time")
    func hold() throws {
        let stage = try Self.stage(["hold_seconds": .number(1), "learning_rate": .number(0)])
        _ = try stage.process(Self.frame(0, square: nil))
        let moved = try stage.process(Self.frame(1, square: (100, 100)))
        #expect(Self.state(moved)?.data["active"] == .boolean(true))
        // 40 ms a frame: the last movement was at frame 1, so 24 frames later it is still held.
        for index in 2...25 {
            let out = try stage.process(Self.frame(index, square: nil))
            #expect(Self.boxes(out).isEmpty)
            #expect(Self.state(out)?.label == "motion", "frame \(index)")
        }
        let after = try stage.process(Self.frame(27, square: nil))
        #expect(Self.state(after)?.label == "still")
    }

    @Test("takes no change of light for movement")
    func light() throws {
        let stage = try Self.stage()
        for index in 0..<30 {
            let out = try stage.process(Self.frame(index, square: nil, light: index % 3 * 30))
            #expect(Self.boxes(out).isEmpty, "frame \(index)")
        }
    }

    @Test("learns a thing that stays as background")
    func learns() throws {
        let stage = try Self.stage(["learning_rate": .number(0.1)])
        _ = try stage.process(Self.frame(0, square: nil))
        #expect(try Self.boxes(stage.process(Self.frame(1, square: (50, 50)))).count == 1)
        for index in 2..<60 { _ = try stage.process(Self.frame(index, square: (50, 50))) }
        #expect(try Self.boxes(stage.process(Self.frame(60, square: (50, 50)))).isEmpty)
    }

    @Test("leaves out what is small, and what lies in the mask")
    func leavesOut() throws {
        for changes: [String: ParameterValue] in [
            ["min_area": .number(0.05)], ["mask": .string("0,0 0.5,0 0.5,1 0,1; 0.9,0.9 1,0.9 1,1")],
        ] {
            let stage = try Self.stage(changes)
            _ = try stage.process(Self.frame(0, square: nil))
            #expect(try Self.boxes(stage.process(Self.frame(1, square: (60, 100)))).isEmpty)
        }
        let stage = try Self.stage(["mask": .string("0,0 0.5,0 0.5,1 0,1")])
        _ = try stage.process(Self.frame(0, square: nil))
        #expect(try Self.boxes(stage.process(Self.frame(1, square: (220, 100)))).count == 1)
    }

    @Test("starts anew when the picture's size changes")
    func sizeChange() throws {
        let stage = try Self.stage()
        _ = try stage.process(Self.frame(0, square: nil))
        let out = try stage.process(TestFrame.gray(width: 64, height: 48, value: 250))
        #expect(Self.boxes(out).isEmpty)
    }

    @Test("refuses a mask that cannot be read", arguments: ["1,2 0,0 0,1", "0,0 1,1", "a"])
    func refuses(mask: String) {
        #expect(throws: StageError.self) { try Self.stage(["mask": .string(mask)]) }
    }
}
