import NegativeStage
import Plans
import Testing
import VisionPipeline
import WorkerLink

struct NegativeStageTests {
    private static func frame(_ format: PixelFormat) -> Frame {
        Frame(format: format, width: 5, height: 3) { planes in
            for index in 0..<planes.count {
                for y in 0..<planes[index].height {
                    for x in 0..<planes[index].width { planes[index][x, y] = UInt8(60 * index + 10 * y + x) }
                }
            }
        }
    }

    @Test("every sample is turned, in each format", arguments: [PixelFormat.gray8, .i420, .nv12])
    func negative(format: PixelFormat) throws {
        let stage = NegativeStage(options: StageOptions(["part": .string("all")]))
        let frame = Self.frame(format)
        let result = try #require(try stage.process(frame))
        #expect(result.format == format && result.sequence == frame.sequence)
        frame.withPlanes { before in
            result.withPlanes { after in
                #expect(after.count == before.count)
                for index in 0..<after.count {
                    for y in 0..<after[index].height {
                        for x in 0..<after[index].width {
                            let sum = Int(before[index][x, y]) + Int(after[index][x, y])
                            #expect(sum == (index == 0 ? 255 : max(256, sum - 1)), "plane \(index), \(x), \(y)")
                        }
                    }
                }
            }
        }
    }

    @Test("a part of it stays", arguments: ["brightness", "colours"])
    func part(part: String) throws {
        let stage = NegativeStage(options: StageOptions(["part": .string(part)]))
        let result = try #require(try stage.process(Self.frame(.i420)))
        result.withPlanes { planes in
            #expect(planes[0][4, 2] == (part == "brightness" ? 231 : 24))
            #expect(planes[1][2, 1] == (part == "brightness" ? 72 : 184))
        }
    }

    @Test("options are held to what the stage declares")
    func options() {
        #expect(throws: StageOptionsError.self) {
            try StageOptions(checking: [("part", .text("half"))], against: NegativeStage.description)
        }
    }

    @Test("a stage takes the place of one that has its name")
    func catalogue() {
        struct Blur: Stage {
            static let description = StageDescription(name: "blur", summary: "Does nothing.")
            init(options: StageOptions) {}
            func process(_ frame: Frame) throws -> Frame? { frame }
        }
        let catalogue = StageCatalog.builtIn.adding(NegativeStage.self, Blur.self)
        #expect(catalogue.stages.count == StageCatalog.builtIn.stages.count + 1)
        #expect(catalogue.stage(named: "negative") == NegativeStage.self)
        #expect(catalogue.stage(named: "blur") == Blur.self)
    }
}
