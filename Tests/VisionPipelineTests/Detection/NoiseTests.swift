import Foundation
import Plans
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Frames of noise in many sizes: a detector must live through every one (an older system's detector did not).
@Suite struct NoiseTests {
    /// STREAMTAP_NOISE_FRAMES raises it.
    static let frames = ProcessInfo.processInfo.environment["STREAMTAP_NOISE_FRAMES"].flatMap { Int($0) } ?? 150
    static let isLong = frames > 150

    struct Subject: CustomTestStringConvertible, Sendable {
        let stage: any Stage.Type
        let options: [String: ParameterValue]
        var testDescription: String { "\(stage.description.name) \(options)" }

        init(_ stage: any Stage.Type, _ options: [String: ParameterValue] = [:]) {
            self.stage = stage
            self.options = options
        }
    }

    static let subjects = [
        Subject(AprilTagStage.self, ["decimate": .string("1"), "max_hamming": .integer(2), "min_margin": .number(0)]),
        Subject(
            AprilTagStage.self,
            [
                "family": .string("tag16h5,tag25h9,tagCircle21h7"), "max_hamming": .integer(2),
                "min_margin": .number(0), "tag_size": .number(0.1), "fx": .number(500), "decimate": .string("1"),
            ]),
        Subject(AprilTagStage.self, ["decimate": .string("1"), "sigma": .number(8)]),
        Subject(AprilTagStage.self, ["decimate": .string("1.5"), "refine": .boolean(false)]),
        Subject(AprilTagStage.self, ["decimate": .string("4"), "sigma": .number(0.8)]),
        Subject(MotionStage.self, ["min_area": .number(0)]),
        Subject(TrackStage.self),
        Subject(OverlayStage.self, ["time": .boolean(true), "fps": .boolean(true)]),
        Subject(ZonesStage.self, ["zones": .string("a: 0,0 1,0 1,1; b: 0,1 1,0")]),
    ]

    /// The stages on pixels, with many options each.
    static let lines = PixelStageTests.lines + ["grayscale", "blur", "overlay fps=true"]

    @Test("every stage on pixels lives through noise of many sizes", arguments: lines)
    func pixels(line: String) throws {
        var stage = try PixelStageTests.stage(line)
        var random = SeededGenerator(seed: 17)
        var results = 0
        for index in 0..<(Self.isLong ? Self.frames : 60) {
            let frame = Self.frame(index, &random)
            // A refusal, as of a crop outside of the picture, is an answer.
            do { if try stage.take(frame) != nil { results += 1 } } catch is StageError {}
        }
        #expect(results > 0)
    }

    @Test("lives through noise of many sizes", arguments: subjects)
    func noise(subject: Subject) throws {
        var stage = try subject.stage.init(options: TestOptions.of(subject.stage, subject.options))
        var random = SeededGenerator(seed: 11)
        for index in 0..<Self.frames {
            let frame = Self.frame(index, &random)
            let out = try #require(try stage.process(frame))
            #expect(out.width == frame.width && out.height == frame.height)
            #expect((out.detections ?? []).allSatisfy { $0.score >= 0 && $0.score <= 1 && $0.box.x.isFinite })
        }
    }

    /// Small and odd sizes are the most; now and then one is large.
    static func frame(_ index: Int, _ random: inout SeededGenerator) -> Frame {
        let largest = index % 75 == 74 ? 1280 : index % 5 == 4 ? 300 : 48
        let width = index < 36 ? index % 6 + 1 : Int.random(in: 1...largest, using: &random)
        let height = index < 36 ? index / 6 + 1 : Int.random(in: 1...largest, using: &random)
        let format = [PixelFormat.gray8, .i420, .nv12][index % 3]
        let level = Int.random(in: 0...255, using: &random)
        let range = [2, 20, 255][index / 3 % 3]
        // Noise in blocks has contours that quadrilaterals can be fitted to.
        let block = [1, 2, 7, 23][index % 4]
        let seed = random.next()
        return TestFrame.make(
            format, width: width, height: height, padding: index % 7, sequence: UInt64(index + 1),
            captured: Int64(index) * 40_000_000
        ) { plane, x, y in
            var hash = seed &+ UInt64(truncatingIfNeeded: (y / block) &* 65_599 &+ x / block)
            hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
            hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
            let value = Int(truncatingIfNeeded: hash >> 33) % (range + 1)
            return UInt8(clamping: level + value - range / 2)
        }
    }
}
