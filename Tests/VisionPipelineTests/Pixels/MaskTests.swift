import Testing

@testable import VisionPipeline

struct MaskTests {
    /// Noise, so that nothing stays by chance.
    private func noise(_ format: PixelFormat, seed: UInt32) -> Frame {
        var state = seed
        return TestFrame.make(format, width: 64, height: 48) { _, _, _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 24)
        }
    }

    @Test("every pixel that a polygon touches is hidden, in each plane", arguments: [PixelFormat.gray8, .i420, .nv12])
    func fills(format: PixelFormat) throws {
        // A triangle whose edges go between pixels.
        var stage = try PixelStageTests.stage("mask polygons=0.11,0.13:0.87,0.31:0.42,0.93")
        let source = noise(format, seed: 1)
        let result = try #require(try stage.process(source))
        let triangle = [(0.11, 0.13), (0.87, 0.31), (0.42, 0.93)]
        func contains(_ x: Double, _ y: Double) -> Bool {
            let signs = (0..<3).map { i -> Double in
                let (a, b) = (triangle[i], triangle[(i + 1) % 3])
                return (b.0 - a.0) * (y - a.1) - (b.1 - a.1) * (x - a.0)
            }
            return signs.allSatisfy { $0 >= 0 } || signs.allSatisfy { $0 <= 0 }
        }
        for plane in 0..<format.planeCount {
            let channels = format.channels(plane)
            let size = format.planeSize(plane, width: 64, height: 48)
            let (before, after) = (source.samples(plane), result.samples(plane))
            var hidden = 0
            for y in 0..<size.height {
                for x in 0..<size.width {
                    let pixel = x / channels
                    let columns = Double(size.width / channels)
                    let touches = stride(from: 0.0, through: 1, by: 0.25).contains { dx in
                        stride(from: 0.0, through: 1, by: 0.25).contains { dy in
                            contains((Double(pixel) + dx) / columns, (Double(y) + dy) / Double(size.height))
                        }
                    }
                    let index = y * size.width + x
                    if touches {
                        hidden += 1
                        #expect(after[index] == (plane == 0 ? 0 : 128), "plane \(plane) at \(x),\(y)")
                    }
                }
            }
            // Not more than the triangle and its rim.
            let changed = zip(before, after).count { $0 != $1 }
            #expect(hidden > size.width * size.height / 5)
            #expect(changed <= hidden + 4 * (size.width + size.height))
        }
    }

    private static func polygon(_ corners: [(Double, Double)]) -> Polygon {
        Polygon(corners: corners.map { Detection.Point(x: $0.0, y: $0.1) })
    }

    @Test("two polygons, one that crosses itself")
    func several() throws {
        let runs = MaskRuns(
            [
                Self.polygon([(0, 0), (0.25, 0), (0.25, 0.25), (0, 0.25)]),
                Self.polygon([(0.5, 0.5), (1, 1), (1, 0.5), (0.5, 1)]),
            ], width: 16, height: 16)
        #expect(runs.rows[1] == [0..<4])
        #expect(runs.rows[6].isEmpty)
        #expect(runs.rows[8].first?.lowerBound == 8 && runs.rows[8].last?.upperBound == 16)
        #expect(runs.rows.allSatisfy { row in zip(row, row.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound } })
    }

    @Test("squares have one level each, and the rest of the picture stays")
    func pixelates() throws {
        var stage = try PixelStageTests.stage("mask method=pixelate size=8 polygons=0,0:0.5,0:0.5,0.5:0,0.5")
        let source = noise(.gray8, seed: 3)
        let result = try #require(try stage.process(source)).samples()
        let before = source.samples()
        let square = (0..<64).map { ($0 / 8, $0 % 8) }
        #expect(Set(square.map { result[$0.0 * 64 + $0.1] }).count == 1)
        let mean = Double(square.reduce(0) { $0 + Int(before[$1.0 * 64 + $1.1]) }) / 64
        #expect(abs(Double(result[0]) - mean) <= 0.5)
        #expect(result[40] == before[40] && result[30 * 64 + 5] == before[30 * 64 + 5])
    }

    @Test("blur flattens what is masked, and nothing else")
    func blurs() throws {
        var stage = try PixelStageTests.stage("mask method=blur size=20 polygons=0.5,0:1,0:1,1:0.5,1")
        let source = noise(.gray8, seed: 5)
        let result = try #require(try stage.process(source)).samples()
        let before = source.samples()
        func spread(_ samples: [UInt8]) -> Int {
            let part = (0..<48).flatMap { y in (34..<64).map { samples[y * 64 + $0] } }
            return Int(part.max() ?? 0) - Int(part.min() ?? 0)
        }
        #expect(spread(result) < spread(before) / 8)
        for y in 0..<48 {
            let left = y * 64..<y * 64 + 31
            #expect(result[left] == before[left])
        }
    }
}
