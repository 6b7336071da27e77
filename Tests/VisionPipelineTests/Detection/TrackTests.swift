import Plans
import Testing

@testable import VisionPipeline

@Suite struct TrackTests {
    static func thing(x: Double, y: Double, size: Double = 20, kind: Detection.Kind = .motion, id: Int? = nil)
        -> Detection
    {
        Detection(
            kind: kind, id: id, label: id.map { "tag36h11:\($0)" } ?? kind.rawValue, score: 1,
            box: .init(x: x - size / 2, y: y - size / 2, width: size, height: size))
    }

    /// A frame of 200 × 100 pixels with detections, 40 ms after the one before.
    static func frame(_ index: Int, _ detections: [Detection]?) -> Frame {
        TestFrame.make(
            .gray8, width: 200, height: 100, sequence: UInt64(index + 1), captured: Int64(index) * 40_000_000,
            detections: detections
        ) { _, _, _ in 0 }
    }

    static func stage(_ changes: [String: ParameterValue] = [:]) throws -> StageRun {
        try StageRun(TrackStage.self, changes)
    }

    @Test("two things that cross keep their numbers")
    func crossing() throws {
        let stage = try Self.stage()
        for index in 0..<40 {
            let step = Double(index) * 4
            // They meet in the middle, and the order in which they are found changes.
            let right = Self.thing(x: 20 + step, y: 20 + step / 3)
            let left = Self.thing(x: 180 - step, y: 80 - step / 3)
            let isSwapped = index % 2 == 1
            let out = try #require(try stage.process(Self.frame(index, isSwapped ? [left, right] : [right, left])))
            let tracks = out.detections?.map(\.track)
            #expect(tracks == (isSwapped ? [2, 1] : [1, 2]), "frame \(index)")
        }
    }

    @Test("a thing that is hidden for a while is found where it should be by then")
    func hidden() throws {
        let stage = try Self.stage()
        for index in 0..<30 {
            let isHidden = (10..<20).contains(index)
            let moving = Self.thing(x: 20 + Double(index) * 5, y: 50)
            let out = try #require(try stage.process(Self.frame(index, isHidden ? [] : [moving])))
            #expect(out.detections?.map(\.track) == (isHidden ? [] : [1]), "frame \(index)")
        }
    }

    @Test("a thing that comes back after patience has ended is a new one")
    func patience() throws {
        let stage = try Self.stage(["patience_seconds": .number(0.5)])
        #expect(try stage.process(Self.frame(0, [Self.thing(x: 50, y: 50)]))?.detections?.first?.track == 1)
        #expect(try stage.process(Self.frame(12, [Self.thing(x: 50, y: 50)]))?.detections?.first?.track == 1)
        #expect(try stage.process(Self.frame(25, [Self.thing(x: 50, y: 50)]))?.detections?.first?.track == 2)
    }

    @Test("tags are known by their number, however far they jump, and never taken for one another")
    func tags() throws {
        let stage = try Self.stage()
        let first = [
            Self.thing(x: 20, y: 20, kind: "apriltag", id: 1), Self.thing(x: 180, y: 80, kind: "apriltag", id: 2),
        ]
        #expect(try stage.process(Self.frame(0, first))?.detections?.map(\.track) == [1, 2])
        let swapped = [
            Self.thing(x: 180, y: 80, kind: "apriltag", id: 1), Self.thing(x: 20, y: 20, kind: "apriltag", id: 2),
        ]
        #expect(try stage.process(Self.frame(1, swapped))?.detections?.map(\.track) == [1, 2])
    }

    @Test("leaves zones and states without a number, and tells how old a track is")
    func others() throws {
        let stage = try Self.stage()
        let zone = Self.thing(x: 100, y: 50, size: 80, kind: "zone")
        _ = try stage.process(Self.frame(0, [zone, Self.thing(x: 50, y: 50)]))
        let out = try #require(try stage.process(Self.frame(25, [zone, Self.thing(x: 51, y: 50)]))?.detections)
        #expect(out.map(\.track) == [nil, 1])
        #expect(out[1].data["track_seconds"] == .number(1))
        // A frame that no detecting stage has seen gets an empty list: it has passed one now.
        #expect(try stage.process(Self.frame(26, nil))?.detections == [])
    }
}
