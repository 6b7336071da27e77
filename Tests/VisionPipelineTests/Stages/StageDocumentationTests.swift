import Foundation
import Testing

@testable import VisionPipeline

/// `STREAMTAP_WRITE_DOCS=1`, as `make docs` sets it, writes what the tests otherwise compare with.
@Suite("docs/stages.md")
struct StageDocumentationTests {
    static let isWriting = ProcessInfo.processInfo.environment["STREAMTAP_WRITE_DOCS"] != nil

    @Test("says what the catalogue says")
    func fresh() throws {
        let file = StageDocumentation.folder.appending(path: "stages.md")
        let text = try StageDocumentation.text()
        if Self.isWriting { try Data(text.utf8).write(to: file) }
        #expect(try String(contentsOf: file, encoding: .utf8) == text, "stale: 'make docs' writes it anew")
    }

    @Test(
        "has a plan that plays and a picture before and after for each stage",
        arguments: StageCatalog.builtIn.names.sorted())
    func pictures(stage: String) async throws {
        let pictures = try await StageDocumentation.pictures(of: stage)
        for tap in ["before", "after"] {
            let made = try #require(pictures[tap])
            let file = StageDocumentation.file("\(stage)-\(tap).jpg")
            if Self.isWriting { try Data(made).write(to: file) }
            // Not byte for byte: another processor may round another way.
            let kept = try DecodedJPEG(Array(Data(contentsOf: file)))
            let now = try DecodedJPEG(made)
            try #require(kept.width == now.width && kept.height == now.height)
            let difference = zip(kept.rgb, now.rgb).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
            #expect(Double(difference) / Double(kept.rgb.count) < 2, "stale: 'make docs' writes it anew")
        }
        // What a stage is for can be seen.
        #expect(pictures["before"] != pictures["after"])
    }

    @Test("no picture or plan is left of a stage that is gone")
    func complete() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: StageDocumentation.file("").path)
        let expected = StageCatalog.builtIn.names.flatMap { ["\($0).plan", "\($0)-before.jpg", "\($0)-after.jpg"] }
        #expect(Set(files) == Set(expected + ["photograph.jpg", "tags.jpg"]))
    }
}
