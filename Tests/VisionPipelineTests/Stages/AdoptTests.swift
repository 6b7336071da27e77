import Plans
import Testing

@testable import VisionPipeline

/// What a stage has learnt outlives a change of its options.
struct AdoptTests {
    @Test("track goes on with its numbers")
    func track() throws {
        let stage = try TrackTests.stage()
        let (first, second) = (TrackTests.thing(x: 20, y: 20), TrackTests.thing(x: 120, y: 60))
        _ = try stage.process(TrackTests.frame(0, [first, second]))
        try stage.change(["overlap": .number(0.5), "patience_seconds": .number(0.01)])
        let out = try stage.process(TrackTests.frame(1, [second]))
        #expect(out?.detections?.map(\.track) == [3], "the new patience is shorter than a frame: a new thing")

        try stage.change(["patience_seconds": .number(5)])
        let later = try stage.process(TrackTests.frame(2, [first, second]))
        #expect(later?.detections?.map(\.track) == [4, 3], "numbers are not given twice")
    }

    @Test("zones keep their counts where they stay, and begin anew where they move")
    func zones() throws {
        let stage = try ZonesTests.stage("left: 0,0 0.5,0 0.5,1 0,1; line: 0.5,0 0.5,1")
        _ = try stage.process(TrackTests.frame(0, [ZonesTests.tracked(1, x: 50, y: 50)]))
        try stage.change(["zones": .string("left: 0,0 0.5,0 0.5,1 0,1; line: 0.5,0 0.5,1; all: 0,0 1,0 1,1 0,1")])
        let out = try stage.process(TrackTests.frame(1, [ZonesTests.tracked(1, x: 150, y: 50)]))
        #expect(try ZonesTests.zone(out, "left")["exits"] == .integer(1))
        #expect(try ZonesTests.zone(out, "line")["backward"] == .integer(1))
        #expect(try ZonesTests.zone(out, "all")["entries"] == .integer(1))
        try stage.change(["zones": .string("left: 0,0 0.4,0 0.4,1 0,1")])
        let moved = try stage.process(TrackTests.frame(2, [ZonesTests.tracked(1, x: 150, y: 50)]))
        #expect(try ZonesTests.zone(moved, "left")["exits"] == .integer(0))
    }

    @Test("motion keeps its background while it looks at the same cells")
    func motion() throws {
        let stage = try MotionTests.stage()
        for index in 0..<5 { _ = try stage.process(MotionTests.frame(index, square: nil)) }
        try stage.change(["threshold": .number(40)])
        // Whoever knows no background finds nothing in the first picture.
        let out = try stage.process(MotionTests.frame(5, square: (100, 100)))
        #expect(MotionTests.boxes(out).count == 1)
        #expect(MotionTests.state(out)?.label == "motion")
        try stage.change(["cells": .integer(80)])
        let anew = try stage.process(MotionTests.frame(6, square: (200, 100)))
        #expect(MotionTests.boxes(anew).isEmpty)
        #expect(MotionTests.state(anew)?.label == "motion", "the state is held")
    }

    @Test("a stage that learns nothing is simply another one")
    func nothing() throws {
        let stage = try StageRun(ThresholdStage.self, ["value": .integer(10)])
        let frame = TestFrame.make(.gray8, width: 2, height: 1) { _, _, _ in 100 }
        let bright = try #require(try stage.process(frame))
        #expect(bright.withPlanes { $0[0].samples[0] } == 255)
        try stage.change(["value": .integer(200)])
        let dark = try #require(try stage.process(frame))
        #expect(dark.withPlanes { $0[0].samples[0] } == 0)
    }
}
