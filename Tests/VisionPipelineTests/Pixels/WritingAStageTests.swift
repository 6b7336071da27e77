import Foundation
import Testing

/// The examples in docs/writing-a-stage.md are files that are built.
struct WritingAStageTests {
    private static let root: URL = {
        var root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<4 { root.deleteLastPathComponent() }
        return root
    }()

    @Test(
        "each documented example is its file, word for word",
        arguments: [
            (0, "Sources/VisionPipeline/Stages/Pixels/EdgesStage.swift"),
            (1, "Tests/ExternalStage/Sources/NegativeStage/NegativeStage.swift"),
            (2, "Tests/ExternalStage/Sources/negative-worker/main.swift"),
        ])
    func example(place: Int, file: String) throws {
        let text = try String(contentsOf: Self.root.appending(path: "docs/writing-a-stage.md"), encoding: .utf8)
        let blocks = text.matches(of: /(?s)```swift\n(.*?)```/).map { String($0.output.1) }
        let source = try String(contentsOf: Self.root.appending(path: file), encoding: .utf8)
        #expect(try #require(blocks.indices.contains(place) ? blocks[place] : nil) == source)
    }

    @Test("every file that the text links to is there")
    func links() throws {
        let text = try String(contentsOf: Self.root.appending(path: "docs/writing-a-stage.md"), encoding: .utf8)
        let links = text.matches(of: /\]\((\.\.[^)]*)\)/).map { String($0.output.1) }
        #expect(links.count >= 4)
        for link in links {
            let file = Self.root.appending(path: "docs/\(link)").standardizedFileURL
            #expect(FileManager.default.fileExists(atPath: file.path), "\(link)")
        }
    }
}
