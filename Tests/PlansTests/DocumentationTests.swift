import Foundation
import Plans
import TestSupport
import Testing

/// docs/plans.md shows plans and codes; each must be as it says.
@Suite("docs/plans.md")
struct DocumentationTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func file(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path).resolvingSymlinksInPath(), encoding: .utf8)
    }

    static let stages: Set<String> = ["grayscale", "blur"]

    @Test("Each block of the page that is a plan is an example of a known kind")
    func complete() throws {
        let blocks = try Self.file("docs/plans.md").matches(of: /\n```plan/).count
        #expect(PlanExample.all.count == blocks)
        #expect(blocks > 40)
    }

    /// Those that are refused when they are built meet the builder in VisionPipelineTests.
    @Test("Each example is what it says", arguments: PlanExample.all)
    func check(_ example: PlanExample) {
        let codes = Self.codes(of: example)
        if let code = example.code, example.kind != .built {
            #expect(codes.contains(code))
        } else {
            #expect(codes.isEmpty)
        }
    }

    /// What is said of an example.
    static func codes(of example: PlanExample) -> [String] {
        do {
            let found: [Diagnostic]
            switch example.kind {
            case .refused: found = try Plan(parsing: example.text).warnings
            case .untrusted: found = try Plan(parsingUntrusted: example.text, stages: stages).warnings
            case .unbound: found = try Plan(parsing: example.text).binding([:]).warnings
            case .warns: found = try Plan(parsing: example.text).warnings
            case .built: found = try Plan(parsing: example.text).warnings.filter { $0.code != .impliedTap }
            case .lint, .sound:
                let plan = try Plan(parsing: example.text)
                found = plan.warnings + plan.lint(stages: stages)
            }
            return found.map(\.code.rawValue)
        } catch {
            return error.diagnostics.map(\.code.rawValue)
        }
    }

    /// Every Swift file of the sources, by its path.
    static func sources() throws -> [String: String] {
        let directory = root.appendingPathComponent("Sources").resolvingSymlinksInPath()
        let names = FileManager.default.enumerator(atPath: directory.path)?.compactMap { $0 as? String } ?? []
        var sources: [String: String] = [:]
        for name in names where name.hasSuffix(".swift") {
            sources[name] = try String(contentsOf: directory.appendingPathComponent(name), encoding: .utf8)
        }
        return sources
    }

    @Test("Each code has a paragraph, and each paragraph a code")
    func codes() throws {
        let source = try #require(Self.sources()["Plans/Text/DiagnosticCode.swift"])
        let codes = source.matches(of: /static let \w+ = Self\("(\w+)"\)/).map { String($0.output.1) }
        let paragraphs = try Self.file("docs/plans.md").matches(of: /\n\*\*`(\w+)`\*\*/).map { String($0.output.1) }
        #expect(codes.count > 40)
        #expect(Set(codes) == Set(paragraphs))
        #expect(paragraphs.count == Set(paragraphs).count)
    }

    @Test("All codes are made in one file, which the page is held against")
    func oneFile() throws {
        let sources = try Self.sources()
        #expect(sources.count > 100)
        for (name, source) in sources where name != "Plans/Text/DiagnosticCode.swift" {
            let made = source.matches(of: /extension Diagnostic\.Code|Diagnostic\.Code\(/)
            #expect(made.isEmpty, "\(name) makes a code of its own")
        }
    }
}
