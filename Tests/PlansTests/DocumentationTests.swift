import Foundation
import Plans
import Testing

/// docs/plans.md shows plans and codes; each must be as it says.
@Suite("docs/plans.md")
struct DocumentationTests {
    /// A block of the page, with what its first line says about it: `plan`, or `plan KIND: CODE`.
    struct Example: CustomTestStringConvertible, Sendable {
        var kind: String
        var code: String?
        var text: String
        var line: Int

        var testDescription: String { "line \(line) \(kind) \(code ?? "")" }
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func file(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path).resolvingSymlinksInPath(), encoding: .utf8)
    }

    static func examples() throws -> [Example] {
        var examples: [Example] = []
        var current: Example?
        for (index, line) in try file("docs/plans.md").split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            if line.hasPrefix("```") {
                if let example = current {
                    examples.append(example)
                    current = nil
                } else if line.hasPrefix("```plan") {
                    let words = line.dropFirst("```plan".count).split(separator: ":").map {
                        $0.trimmingCharacters(in: .whitespaces)
                    }
                    current = Example(
                        kind: words.first ?? "sound", code: words.dropFirst().first, text: "", line: index + 1)
                }
            } else {
                current?.text += line + "\n"
            }
        }
        return examples
    }

    static let stages: Set<String> = ["grayscale", "blur"]

    @Test("Each example is what it says")
    func check() throws {
        let examples = try Self.examples()
        #expect(examples.count > 40)
        for example in examples {
            let codes = Self.codes(of: example)
            if let code = example.code, example.kind != "built" {
                #expect(codes.contains(code), "\(example.testDescription): \(codes)")
            } else {
                #expect(codes.isEmpty, "\(example.testDescription): \(codes)")
            }
        }
    }

    /// What is said of an example.
    static func codes(of example: Example) -> [String] {
        do {
            switch example.kind {
            case "refused":
                _ = try Plan(parsing: example.text)
                return []
            case "untrusted":
                _ = try Plan(parsingUntrusted: example.text, stages: stages)
                return []
            case "unbound":
                _ = try Plan(parsing: example.text).binding([:])
                return []
            case "warns": return try Plan(parsing: example.text).warnings.map(\.code.rawValue)
            case "lint":
                let plan = try Plan(parsing: example.text)
                return (plan.warnings + plan.lint(stages: stages)).map(\.code.rawValue)
            case "built":
                return try Plan(parsing: example.text).warnings.map(\.code.rawValue).filter { $0 != "implied_tap" }
            case "sound":
                let plan = try Plan(parsing: example.text)
                return (plan.warnings + plan.lint(stages: stages)).map(\.code.rawValue)
            default:
                Issue.record("\(example.testDescription) is of no known kind")
                return []
            }
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
