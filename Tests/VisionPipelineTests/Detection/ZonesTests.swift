import Plans
import Testing

@testable import VisionPipeline

@Suite struct ZonesTests {
    static func stage(_ zones: String, _ changes: [String: ParameterValue] = [:]) throws -> StageRun {
        try StageRun(ZonesStage.self, changes.merging(["zones": .string(zones)]) { $1 })
    }

    static func tracked(_ track: Int, x: Double, y: Double) -> Detection {
        var thing = TrackTests.thing(x: x, y: y)
        thing.track = track
        return thing
    }

    static func zone(_ frame: Frame?, _ name: String) throws -> [String: ParameterValue] {
        try #require(frame?.detections?.first { $0.label == name }).data
    }

    @Test("counts who comes, stays and goes")
    func polygon() throws {
        // The left half of a picture of 200 × 100.
        let stage = try Self.stage("left half: 0,0 0.5,0 0.5,1 0,1")
        var total = (entered: 0, left: 0)
        for index in 0..<50 {
            // From 150 to 52 by 2: at 100 it is on the rim, at 98, which is frame 26, inside.
            let out = try stage.process(TrackTests.frame(index, [Self.tracked(1, x: 150 - Double(index) * 2, y: 50)]))
            let data = try Self.zone(out, "left half")
            if data["entered"] == .integer(1) { total.entered += 1 }
            #expect(data["count"] == .integer(index >= 26 ? 1 : 0), "frame \(index)")
            let thing = try #require(out?.detections?.first)
            #expect((thing.data["zones"] == .string("left half")) == (index >= 26), "frame \(index)")
        }
        let out = try stage.process(TrackTests.frame(51, [Self.tracked(1, x: 50, y: 50)]))
        #expect(try Self.zone(out, "left half")["dwell_seconds"] == .number(51 * 0.04 - 26 * 0.04))
        let gone = try stage.process(TrackTests.frame(52, [Self.tracked(1, x: 150, y: 50)]))
        let data = try Self.zone(gone, "left half")
        if data["left"] == .integer(1) { total.left += 1 }
        #expect(data["entries"] == .integer(1) && data["exits"] == .integer(1) && data["count"] == .integer(0))
        #expect(total == (1, 1))
    }

    @Test("one that is lost inside has left when patience ends")
    func lost() throws {
        let stage = try Self.stage("all: 0,0 1,0 1,1 0,1", ["patience_seconds": .number(1)])
        _ = try stage.process(TrackTests.frame(0, [Self.tracked(7, x: 50, y: 50)]))
        #expect(try Self.zone(try stage.process(TrackTests.frame(20, [])), "all")["count"] == .integer(1))
        let data = try Self.zone(try stage.process(TrackTests.frame(30, [])), "all")
        #expect(data["count"] == .integer(0) && data["left"] == .integer(1))
    }

    @Test("counts crossings by their way, between the line's ends only, and not from the line itself")
    func line() throws {
        // From the top downwards at x = 100, to the middle of the picture.
        let stage = try Self.stage("gate: 0.5,0 0.5,0.5")
        let path: [(Double, Double)] = [
            (80, 20), (95, 20), (105, 20),  // to the right: seen downwards, that is from right to left
            (100, 20), (99, 20),  // over the line and back to the left
            (99, 80), (120, 80), (120, 20),  // around the line's end
        ]
        var crossings: [ParameterValue?] = []
        var out: Frame?
        for (index, point) in path.enumerated() {
            out = try stage.process(TrackTests.frame(index, [Self.tracked(1, x: point.0, y: point.1)]))
            crossings.append(out?.detections?.first?.data["crossed"])
        }
        let (back, forth) = (ParameterValue.string("gate backward"), ParameterValue.string("gate forward"))
        #expect(crossings == [nil, nil, back, nil, forth, nil, nil, nil])
        let data = try Self.zone(out, "gate")
        #expect(data == ["crossed": .integer(0), "forward": .integer(1), "backward": .integer(1)])
    }

    @Test("gives zones in pixels, counts things that nothing tells apart, and takes the foot if asked")
    func output() throws {
        let stage = try Self.stage("low: 0,0.5 1,0.5 1,1 0,1", ["point": .string("foot")])
        // Its middle is above the zone, its foot inside.
        let out = try stage.process(TrackTests.frame(0, [TrackTests.thing(x: 100, y: 45)]))
        let zone = try #require(out?.detections?.last)
        #expect(zone.kind == "zone" && zone.data["count"] == .integer(1))
        #expect(zone.box == .init(x: 0, y: 50, width: 200, height: 50))
        #expect(zone.corners.first == .init(x: 0, y: 50))
    }

    @Test("reads names with spaces, and a semicolon at the end")
    func grammar() throws {
        let zones = try Zone.list(" front door : 0,0 1,0 1,1 ;gate:0,0 1,1; ")
        #expect(zones.map(\.name) == ["front door", "gate"])
        #expect(zones.map(\.isLine) == [false, true])
    }

    @Test(
        "refuses zones that cannot be read",
        arguments: [
            "", ";", "0,0 1,1 1,0", "a: 0,0", "a: 0,0 2,0 1,1", "a: 0,0 1 1,1", ": 0,0 1,1", "a: 0,0 1,1; a: 0,0 1,1",
        ])
    func refuses(text: String) {
        #expect(throws: StageError.self) { try Zone.list(text) }
    }
}
