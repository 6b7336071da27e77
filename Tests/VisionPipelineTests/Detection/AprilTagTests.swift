import Glibc
import Plans
import Testing

@testable import VisionPipeline

@Suite struct AprilTagTests {
    static func options(_ changes: [String: ParameterValue] = [:]) -> StageOptions {
        TestOptions.of(AprilTagStage.self, changes)
    }

    static func detections(_ frame: Frame, _ changes: [String: ParameterValue] = [:]) throws -> [Detection] {
        let stage = try AprilTagStage(options: options(changes))
        return try #require(try stage.process(frame)?.detections)
    }

    /// How far the farthest corner lies from where it is, pixels.
    static func error(_ found: [Detection.Point], _ expected: [Detection.Point]) -> Double {
        zip(found, expected).map { hypot($0.x - $1.x, $0.y - $1.y) }.max() ?? .infinity
    }

    @Test("finds a tag drawn cell by cell exactly where it was drawn")
    func drawnTag() throws {
        let tag = try TagImage(.tag36h11, id: 0)
        let frame = TestFrame.make(.gray8, width: 640, height: 480) { _, x, y in
            guard x >= 220, x < 420, y >= 140, y < 340 else { return 180 }
            return tag.cells[(y - 140) / 20][(x - 220) / 20]
        }
        let found = try Self.detections(frame, ["decimate": .string("1")])
        let detection = try #require(found.first)
        #expect(found.count == 1)
        #expect(detection.kind == "apriltag" && detection.id == 0 && detection.label == "tag36h11:0")
        #expect(detection.hamming == 0 && detection.pose == nil)
        let corners = [(240.0, 160.0), (400, 160), (400, 320), (240, 320)].map { Detection.Point(x: $0.0, y: $0.1) }
        #expect(Self.error(detection.corners, corners) < 0.5)
        #expect(hypot(detection.center.x - 320, detection.center.y - 240) < 0.5)
        #expect(detection.score > 0.9 && detection.score <= 1)
    }

    @Test("finds every family under rotation", arguments: AprilTagFamily.allCases)
    func rotation(family: AprilTagFamily) throws {
        let tag = try TagImage(family, id: 3)
        let stage = try AprilTagStage(options: Self.options(["family": .string(family.rawValue)]))
        for angle in stride(from: 0.0, to: 360, by: 40) {
            let scene = TagScene(width: 321, height: 243, rotation: TagScene.turned(x: 0, y: 0, z: angle))
            let found = try #require(try stage.process(scene.frame(tag))?.detections)
            #expect(found.map(\.label) == ["\(family.rawValue):3"], "at \(angle)°")
            #expect(Self.error(found.first?.corners ?? [], scene.corners) < 0.5, "at \(angle)°")
        }
    }

    static let hardships: [(String, TagScene)] = [
        ("perspective", TagScene(rotation: TagScene.turned(x: 40, y: 20, z: 10))),
        ("steep", TagScene(rotation: TagScene.turned(x: 0, y: 60, z: 0))),
        ("noise", TagScene(rotation: TagScene.turned(x: 5, y: 5, z: 30), noise: 12)),
        ("blur", TagScene(rotation: TagScene.turned(x: 5, y: 5, z: 30), blur: 2)),
        ("darkness", TagScene(rotation: TagScene.turned(x: 5, y: 5, z: 30), light: 0.15)),
        ("dark and noisy", TagScene(rotation: TagScene.turned(x: 0, y: 20, z: 75), light: 0.4, noise: 3)),
    ]

    @Test("finds every family where it is hard to see, corners within half a pixel", arguments: AprilTagFamily.allCases)
    func hardships(family: AprilTagFamily) throws {
        let tag = try TagImage(family, id: 1)
        let stage = try AprilTagStage(
            options: Self.options(["family": .string(family.rawValue), "min_margin": .number(0)]))
        for (name, scene) in Self.hardships {
            let found = try #require(try stage.process(scene.frame(tag))?.detections)
            #expect(found.map(\.label) == ["\(family.rawValue):1"], "\(name)")
            #expect(Self.error(found.first?.corners ?? [], scene.corners) < 0.5, "\(name)")
        }
    }

    @Test(
        "knows where a tag stands",
        arguments: [
            TagScene(position: [0, 0, 1], rotation: TagScene.turned(x: 25, y: 10, z: 0)),
            TagScene(position: [0.1, -0.05, 0.8], rotation: TagScene.turned(x: -30, y: 15, z: 45)),
            TagScene(position: [-0.2, 0.1, 1.2], rotation: TagScene.turned(x: 0, y: 40, z: 170)),
            TagScene(
                width: 1280, height: 720, focal: 900, position: [0.5, 0.2, 1.5],
                rotation: TagScene.turned(x: 35, y: -20, z: 5)),
        ])
    func pose(scene: TagScene) throws {
        let found = try Self.detections(
            try scene.frame(TagImage(.tag36h11, id: 5)), ["tag_size": .number(scene.size), "fx": .number(scene.focal)])
        let pose = try #require(found.first?.pose)
        let distance = (scene.position * scene.position).sum().squareRoot()
        let off = SIMD3(pose.x, pose.y, pose.z) - scene.position
        #expect((off * off).sum().squareRoot() < 0.01 * distance)
        // The angle of the rotation that is left: 2 acos |q·p|.
        let q = try #require(Detection.Quaternion(matrix: scene.rotation.flatMap { $0 }))
        let r = pose.rotation
        let dot = min(abs(q.w * r.w + q.x * r.x + q.y * r.y + q.z * r.z), 1)
        #expect(2 * acos(dot) * 180 / .pi < 1)
    }

    @Test("reads I420 and NV12 luma in place and leaves every byte of the picture alone")
    func inPlace() throws {
        let scene = TagScene(width: 323, height: 241, focal: 400)
        let gray = try scene.picture(TagImage(.tag36h11, id: 9))
        for format in [PixelFormat.i420, .nv12] {
            for changes: [String: ParameterValue] in [[:], ["decimate": .string("1"), "sigma": .number(2)]] {
                let frame = TestFrame.make(format, width: 323, height: 241, padding: 3) { plane, x, y in
                    plane == 0 ? gray[y * 323 + x] : 128
                }
                let out = try #require(try AprilTagStage(options: Self.options(changes)).process(frame))
                #expect(out.detections?.map(\.label) == ["tag36h11:9"])
                out.withPlanes { planes in
                    frame.withPlanes { #expect(planes[0].base == $0[0].base) }
                    let kept = (0..<241).allSatisfy { y in
                        (0..<323).allSatisfy { x in planes[0].samples[y * planes[0].stride + x] == gray[y * 323 + x] }
                            && (323..<326).allSatisfy { planes[0].samples[y * planes[0].stride + $0] == 0xAA }
                    }
                    #expect(kept)
                }
            }
        }
    }

    @Test("finds a tag in a picture smaller than the library can take")
    func smallPicture() throws {
        let tag = try TagImage(.tag36h11, id: 2)
        let frame = TestFrame.make(.gray8, width: 50, height: 50) { _, x, y in tag.cells[y / 5][x / 5] }
        let found = try Self.detections(frame, ["decimate": .string("1")])
        #expect(found.map(\.label) == ["tag36h11:2"])
    }

    @Test("several families at once, in one order")
    func severalFamilies() throws {
        let first = try TagImage(.tag36h11, id: 4)
        let second = try TagImage(.tag25h9, id: 4)
        let frame = TestFrame.make(.gray8, width: 640, height: 320) { _, x, y in
            let tag = x < 320 ? first : second
            let cell = 18
            let (u, v) = ((x % 320 - 40) / cell, (y - 40) / cell)
            guard x % 320 >= 40, y >= 40, u < tag.cells.count, v < tag.cells.count else { return 180 }
            return tag.cells[v][u]
        }
        let found = try Self.detections(frame, ["family": .string("tag36h11, tag25h9")])
        #expect(found.map(\.label) == ["tag25h9:4", "tag36h11:4"])
    }

    @Test(
        "refuses options that cannot work together",
        arguments: [
            (["family": .string("tag99h1")], "tag99h1"), (["family": .string(" , ")], "at least one"),
            (["tag_size": .number(0.1)], "needs fx"), (["cx": .number(3)], "without tag_size"),
            (["family": .string("tagCircle49h12"), "max_hamming": .integer(2)], "MB"),
        ] as [([String: ParameterValue], String)])
    func refuses(changes: [String: ParameterValue], word: String) {
        let error = #expect(throws: StageError.self) { try AprilTagStage(options: Self.options(changes)) }
        #expect(error?.message.contains(word) == true)
    }

    @Test("refuses a compressed frame and one that is too large")
    func refusesFrames() throws {
        let stage = try AprilTagStage(options: Self.options())
        #expect(throws: StageError.self) { try stage.process(TestFrame.jpeg([0xff, 0xd8], width: 8, height: 8)) }
        let wide = TestFrame.make(.gray8, width: AprilTagDetector.largestSide + 1, height: 2) { _, _, _ in 0 }
        #expect(throws: StageError.self) { try stage.process(wide) }
    }
}
