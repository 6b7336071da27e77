import Testing

@testable import VisionPipeline

/// Stages that move pixels move what was found in them alike.
struct GeometryTests {
    /// A frame with one bright pixel, which a detection's box encloses.
    private func marked(_ format: PixelFormat = .gray8, x: Int, y: Int, width: Int = 40, height: Int = 30) -> Frame {
        let box = Detection.Box(x: Double(x), y: Double(y), width: 1, height: 1)
        let corner = Detection.Point(x: Double(x), y: Double(y))
        return TestFrame.make(
            format, width: width, height: height,
            detections: [Detection(kind: "spot", label: "spot", score: 1, box: box, corners: [corner])]
        ) { plane, column, row in plane == 0 && column == x && row == y ? 255 : 128 }
    }

    private func brightest(_ frame: Frame) -> (x: Int, y: Int)? {
        let samples = frame.samples()
        guard let highest = samples.max(), let place = samples.firstIndex(of: highest) else { return nil }
        return (place % frame.width, place / frame.width)
    }

    @Test(
        "the box stays on its pixel",
        arguments: [
            "crop x=4 y=6", "crop x=5 y=3 width=20 height=20", "rotate angle=90", "rotate angle=180",
            "rotate angle=270", "rotate flip=horizontal", "rotate flip=vertical", "rotate angle=90 flip=horizontal",
            "rotate angle=270 flip=vertical", "rotate angle=90 flip=both", "rotate angle=180 flip=both",
        ])
    func boxes(line: String) throws {
        for format in [PixelFormat.gray8, .i420, .nv12] {
            var stage = try PixelStageTests.stage(line)
            let result = try #require(try stage.process(marked(format, x: 11, y: 8)))
            let place = try #require(brightest(result))
            let box = try #require(result.detections?.first?.box)
            #expect((box.x, box.y) == (Double(place.x), Double(place.y)), "\(format)")
            #expect((box.width, box.height) == (1, 1))
        }
    }

    @Test("chroma goes where luma goes", arguments: ["rotate angle=90", "rotate angle=270 flip=both", "crop x=10 y=6"])
    func chroma(line: String) throws {
        // In each plane one sample that belongs to the same two by two pixels.
        for format in [PixelFormat.i420, .nv12] {
            let frame = TestFrame.make(format, width: 40, height: 30) { plane, x, y in
                let isThere =
                    switch (format, plane) {
                    case (_, 0): (20..<22).contains(x) && (12..<14).contains(y)
                    case (.nv12, _): (20..<22).contains(x) && y == 6
                    default: x == 10 && y == 6
                    }
                return isThere ? 250 : 60
            }
            var stage = try PixelStageTests.stage(line)
            let result = try #require(try stage.process(frame))
            let luma = try #require(brightest(result))
            for plane in 1..<format.planeCount {
                let width = format.planeSize(plane, width: result.width, height: result.height).width
                let place = try #require(result.samples(plane).firstIndex(of: 250))
                let channels = format.channels(plane)
                #expect((place % width) / channels == luma.x / 2 && place / width == luma.y / 2)
            }
        }
    }

    @Test("resize scales detections")
    func resize() throws {
        var stage = try PixelStageTests.stage("resize width=80")
        let result = try #require(try stage.process(marked(x: 11, y: 8)))
        #expect((result.width, result.height) == (80, 60))
        #expect(result.detections?.first?.box == Detection.Box(x: 22, y: 16, width: 2, height: 2))
    }

    @Test("undistort takes a detection where its pixels go")
    func undistort() throws {
        let lens = LensModel(fx: 60, fy: 58, cx: 30.2, cy: 23.1, k1: -0.25, k2: 0.08, p1: 0.002, p2: -0.003, k3: 0.01)
        for (x, y) in [(5.0, 7.0), (30, 23), (58, 44), (0, 0)] {
            let straight = lens.undistorted(x: x, y: y)
            let back = lens.distorted(x: straight.x, y: straight.y)
            #expect(abs(back.x - x) < 1e-4 && abs(back.y - y) < 1e-4)
        }
        var stage = try PixelStageTests.stage("undistort fx=60 fy=58 cx=20 cy=15 k1=-0.2")
        let result = try #require(try stage.process(marked(x: 5, y: 4)))
        let place = try #require(brightest(result))
        let center = try #require(result.detections?.first?.box.center)
        #expect(abs(center.x - Double(place.x) - 0.5) <= 0.75 && abs(center.y - Double(place.y) - 0.5) <= 0.75)
    }

    @Test("a detection that is cut away is gone; a crop outside the picture is an error")
    func cut() throws {
        var stage = try PixelStageTests.stage("crop x=20")
        let result = try #require(try stage.process(marked(x: 11, y: 8)))
        #expect(result.detections == [])
        #expect(throws: StageError.self) { try stage.process(TestFrame.gray(width: 20, height: 20)) }
    }
}
