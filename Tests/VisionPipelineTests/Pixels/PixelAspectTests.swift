import Plans
import Testing
import WorkerLink

@testable import VisionPipeline

/// Pixels that are not square, behind stages and behind elements.
struct PixelAspectTests {
    private static func frame(_ width: Int, _ height: Int, _ aspect: PixelAspect) -> Frame {
        let attributes = FrameAttributes(pixelAspect: aspect)
        return Frame(format: .i420, width: width, height: height, attributes: attributes) { planes in
            for index in 0..<3 { planes[index].fill(100) }
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var stage: String
        var options: [String: ParameterValue]
        var width: Int
        var height: Int
        var aspect: PixelAspect
        var testDescription: String { "\(stage) \(options.keys.sorted())" }
    }

    @Test(
        "What stages make of pixels of 40:33",
        arguments: [
            Case(
                stage: "rotate", options: ["angle": .integer(90)], width: 480, height: 704, aspect: PixelAspect(33, 40)),
            Case(
                stage: "rotate", options: ["angle": .integer(180)], width: 704, height: 480, aspect: PixelAspect(40, 33)
            ),
            Case(
                stage: "crop", options: ["width": .integer(100)], width: 100, height: 480, aspect: PixelAspect(40, 33)),
            Case(stage: "resize", options: ["width": .integer(853)], width: 853, height: 480, aspect: .square),
            Case(stage: "resize", options: ["height": .integer(240)], width: 427, height: 240, aspect: .square),
            Case(
                stage: "resize", options: ["width": .integer(640), "height": .integer(480)], width: 640, height: 480,
                aspect: .square),
            Case(
                stage: "resize", options: ["width": .integer(704), "height": .integer(480)], width: 704, height: 480,
                aspect: .square),
            Case(stage: "blur", options: [:], width: 704, height: 480, aspect: PixelAspect(40, 33)),
            Case(stage: "grayscale", options: [:], width: 704, height: 480, aspect: PixelAspect(40, 33)),
        ])
    func stages(_ example: Case) throws {
        let type = try #require(StageCatalog.builtIn.stage(named: example.stage))
        let stage = try StageRun(type, example.options)
        let result = try #require(try stage.process(Self.frame(704, 480, PixelAspect(40, 33))))
        #expect((result.width, result.height) == (example.width, example.height))
        #expect(result.pixelAspect == example.aspect)
    }

    @Test(
        "Places are kept where the whole picture arrives, whatever its pixels' shape before and behind",
        arguments: [
            (160, 120, PixelAspect(2, 1), true), (640, 240, .square, true), (320, 240, PixelAspect(2, 1), true),
            (160, 120, .square, false), (320, 240, .square, false),
        ])
    func places(_ width: Int, _ height: Int, _ aspect: PixelAspect, _ isKept: Bool) throws {
        let queue = FrameMetadataQueue()
        let box = Detection.Box(x: 32, y: 24, width: 64, height: 48)
        let found = Detection(kind: "mark", label: "mark", score: 1, box: box)
        queue.record(Self.frame(320, 240, PixelAspect(2, 1)).with(detections: [found]), at: 5)
        let entry = try #require(queue.entry(at: 5))
        let moved = entry.detections(width: width, height: height, pixelAspect: aspect)
        #expect((moved != nil) == isKept)
        if let box = moved?.first?.box {
            #expect((box.x, box.y) == (Double(width) / 10, Double(height) / 10))
        }
    }
}
