import Foundation
import Testing

/// The example in docs/writing-a-stage.md is a stage that is built.
struct WritingAStageTests {
    @Test("the documented example is EdgesStage.swift, word for word")
    func example() throws {
        var root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let text = try String(contentsOf: root.appendingPathComponent("docs/writing-a-stage.md"), encoding: .utf8)
        let source = try String(
            contentsOf: root.appendingPathComponent("Sources/VisionPipeline/Stages/Pixels/EdgesStage.swift"), encoding: .utf8
        )
        let opening = try #require(text.range(of: "```swift\n"))
        let closing = try #require(text.range(of: "```", range: opening.upperBound..<text.endIndex))
        #expect(text[opening.upperBound..<closing.lowerBound] == source)
    }
}
