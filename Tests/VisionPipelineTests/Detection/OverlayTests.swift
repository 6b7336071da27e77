import Plans
import Testing

@testable import VisionPipeline

@Suite struct OverlayTests {
    static let limited = Colorimetry(range: .limited, matrix: .bt709)

    static func frame(
        _ format: PixelFormat, width: Int = 161, height: Int = 121, colorimetry: Colorimetry = limited,
        _ detections: [Detection]?
    ) -> Frame {
        TestFrame.make(
            format, width: width, height: height, colorimetry: colorimetry, padding: 3, detections: detections
        ) { plane, _, _ in plane == 0 ? 100 : 128 }
    }

    static let box = Detection(
        kind: "motion", label: "motion", score: 1, box: .init(x: 40, y: 30, width: 60, height: 50))

    static func planes(_ frame: Frame) -> [[[UInt8]]] {
        frame.withPlanes { planes in
            planes.map { plane in
                (0..<plane.height).map { y in (0..<plane.width).map { plane.samples[y * plane.stride + $0] } }
            }
        }
    }

    /// Y, U and V of an opaque colour in 0…255, by ITU-T H.273 in floating point.
    static func samples(_ red: Double, _ green: Double, _ blue: Double, _ colorimetry: Colorimetry) -> [Double] {
        let (kr, kb) = colorimetry.matrix.lumaWeights
        let luma = kr * red + (1 - kr - kb) * green + kb * blue
        let (u, v) = ((blue - luma) / (2 * (1 - kb)), (red - luma) / (2 * (1 - kr)))
        guard colorimetry.range == .limited else { return [luma, 128 + u, 128 + v] }
        return [16 + luma * 219 / 255, 128 + u * 224 / 255, 128 + v * 224 / 255]
    }

    @Test("draws in the frame's own colours", arguments: [limited, .jpeg, Colorimetry(range: .full, matrix: .bt709)])
    func colors(colorimetry: Colorimetry) throws {
        for format in [PixelFormat.i420, .nv12, .gray8] {
            let stage = try StageRun(
                OverlayStage.self,
                ["colors": .string("motion=#ff4020"), "labels": .boolean(false), "thickness": .integer(8)])
            let out = try #require(try stage.process(Self.frame(format, colorimetry: colorimetry, [Self.box])))
            #expect(out.format == (format == .gray8 ? .i420 : format))
            #expect(out.colorimetry == colorimetry)
            let planes = Self.planes(out)
            let expected = Self.samples(255, 64, 32, colorimetry)
            // The box's left edge, which is 8 wide, around x = 40.
            let chroma =
                format == .nv12 ? [planes[1][27][40], planes[1][27][41]] : [planes[1][27][20], planes[2][27][20]]
            for (found, wanted) in zip([planes[0][55][40]] + chroma, expected) {
                #expect(abs(Double(found) - wanted) <= 1.5, "\(format)")
            }
            // Inside and outside of the box nothing has changed.
            #expect(planes[0][55][70] == 100 && planes[0][5][5] == 100)
            #expect(planes[1][2][2] == 128)
        }
    }

    @Test(
        "what stays from frame to frame looks as if it were drawn anew", arguments: [PixelFormat.i420, .nv12, .gray8])
    func still(format: PixelFormat) throws {
        func zone(_ x: Double, _ count: Int) -> Detection {
            let corners = [(x, 20.0), (x + 60, 25), (x + 50, 80), (x - 5, 70)].map { Detection.Point(x: $0.0, y: $0.1) }
            var zone = Detection(
                kind: .zone, label: "door", score: 1, box: .init(around: corners), corners: corners)
            zone.data = ["count": .integer(Int64(count))]
            return zone
        }
        let options: [String: ParameterValue] = ["trails_seconds": .number(0)]
        let stage = try StageRun(OverlayStage.self, options)
        // Counts change, one zone moves, another has the same place, one is gone for a while; then the picture is larger.
        for (number, size) in [(161, 121), (161, 121), (161, 121), (161, 121), (163, 123), (163, 123)].enumerated() {
            var detections = [zone(20, number / 2), zone(70 + Double(number / 3), 0), Self.box]
            if number != 2 { detections.append(zone(20, 7)) }
            let frame = Self.frame(format, width: size.0, height: size.1, detections)
            let fresh = try StageRun(OverlayStage.self, options)
            let (kept, anew) = (try stage.process(frame), try fresh.process(frame))
            #expect(try Self.planes(#require(kept)) == Self.planes(#require(anew)), "frame \(number)")
        }
    }

    @Test("leaves the frame before it as it was, and passes one on that has nothing to draw")
    func input() throws {
        let stage = try StageRun(OverlayStage.self)
        let frame = Self.frame(.i420, [Self.box])
        let before = Self.planes(frame)
        let out = try #require(try stage.process(frame))
        #expect(Self.planes(frame) == before)
        #expect(Self.planes(out) != before)
        #expect(out.detections == frame.detections)
        let empty = Self.frame(.nv12, [])
        #expect(try stage.process(empty) === empty)
        // Gray comes out in colour always, so that what follows sees one format.
        #expect(try stage.process(Self.frame(.gray8, nil))?.format == .i420)
    }

    @Test("draws labels, trails, zones and time, each where it belongs")
    func parts() throws {
        func changed(_ changes: [String: ParameterValue], _ frames: [[Detection]]) throws -> [(x: Int, y: Int)] {
            let off: [String: ParameterValue] = [
                "shapes": .boolean(false), "labels": .boolean(false), "zones": .boolean(false),
                "trails_seconds": .number(0),
            ]
            let stage = try StageRun(OverlayStage.self, off.merging(changes) { $1 })
            var out: Frame?
            for detections in frames { out = try stage.process(Self.frame(.i420, detections)) }
            let luma = Self.planes(try #require(out))[0]
            return luma.indices.flatMap { y in
                luma[y].indices.filter { luma[y][$0] != 100 }.map { (x: $0, y: y) }
            }
        }
        #expect(try changed([:], [[Self.box]]).isEmpty)
        let label = try changed(["labels": .boolean(true)], [[Self.box]])
        #expect(!label.isEmpty && label.allSatisfy { $0.y <= 31 && $0.x >= 39 })
        var moved = (0..<3).map { _ in Self.box }
        for index in moved.indices {
            moved[index].track = 1
            moved[index].box.x = Double(index) * 30
        }
        // Centres go from (30, 55) to (90, 55).
        let trail = try changed(["trails_seconds": .number(5)], moved.map { [$0] })
        #expect(trail.contains { $0.x == 60 && $0.y == 55 })
        #expect(trail.allSatisfy { (50...60).contains($0.y) && (25...95).contains($0.x) })
        let area = Detection(
            kind: "zone", label: "a", score: 1, box: .init(x: 80, y: 60, width: 60, height: 40),
            corners: [.init(x: 80, y: 60), .init(x: 140, y: 60), .init(x: 140, y: 100), .init(x: 80, y: 100)])
        let zone = try changed(["zones": .boolean(true)], [[area]])
        #expect(zone.contains { $0.x == 110 && $0.y == 80 })
        #expect(zone.allSatisfy { (76...144).contains($0.x) && (56...104).contains($0.y) })
        #expect(try !changed(["time": .boolean(true)], [[]]).isEmpty)
    }

    @Test("bears whatever other stages say", arguments: [PixelFormat.i420, .nv12, .gray8])
    func anything(format: PixelFormat) throws {
        let odd = [Double.nan, .infinity, -1e300, -5, 0, 3, 1e9]
        var things: [Detection] = []
        for (index, x) in odd.enumerated() {
            let y = odd[(index + 3) % odd.count]
            let size = odd[(index + 5) % odd.count]
            for kind: Detection.Kind in [.zone, .line, .motion, .apriltag, .motionState] {
                var thing = Detection(
                    kind: kind, id: index, label: "\u{1F600}\u{0}\(kind.rawValue)", score: 1,
                    box: .init(x: x, y: y, width: size, height: size),
                    corners: index % 2 == 0 ? [] : [.init(x: x, y: y), .init(x: size, y: x), .init(x: 0, y: size)])
                thing.track = index
                things.append(thing)
            }
        }
        for size in [(1, 1), (2, 3), (7, 1), (33, 17), (161, 121)] {
            let stage = try StageRun(OverlayStage.self, ["time": .boolean(true), "fps": .boolean(true)])
            for _ in 0..<3 {
                let out = try stage.process(Self.frame(format, width: size.0, height: size.1, things))
                #expect(out?.width == size.0 && out?.height == size.1)
            }
        }
    }

    @Test("refuses colours that cannot be read", arguments: ["red", "a=b", "=#ffffff", "a=#12345", "a=#gggggg"])
    func refuses(colors: String) {
        #expect(throws: StageError.self) { try OverlayColors(colors) }
    }
}
