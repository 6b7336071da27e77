import Foundation
import TestSupport
import Testing

@testable import Server

/// The schema, the documentation and the example say what the table of keys says.
///
/// `STREAMTAP_WRITE_DOCS=1`, as `make docs` sets it, writes what the tests otherwise compare with.
@Suite("The configuration's documentation")
struct ConfigurationDocumentationTests {
    static let isWriting = ProcessInfo.processInfo.environment["STREAMTAP_WRITE_DOCS"] != nil
    static let schemaPath = path("docs/streamtap.schema.json")
    static let examplePath = path("ops/streamtap.yaml")

    static func path(_ name: String) -> String { StreamTapProcess.repository.appending(path: name).path }

    @Test("docs/streamtap.schema.json is the schema")
    func schema() throws {
        if Self.isWriting {
            try ConfigurationSchema.text.write(toFile: Self.schemaPath, atomically: true, encoding: .utf8)
        }
        let text = try String(contentsOfFile: Self.schemaPath, encoding: .utf8)
        #expect(text == ConfigurationSchema.text, "make docs writes it anew")
    }

    @Test("docs/configuration.md has every key")
    func table() throws {
        let path = Self.path("docs/configuration.md")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let (begin, end) = ("<!-- made by make docs -->\n", "<!-- end -->")
        let before = try #require(text.range(of: begin))
        let after = try #require(text.range(of: end, range: before.upperBound..<text.endIndex))
        let made = text.replacingCharacters(in: before.upperBound..<after.lowerBound, with: Self.table)
        if Self.isWriting {
            try made.write(toFile: path, atomically: true, encoding: .utf8)
        } else {
            #expect(text == made, "make docs writes it anew")
        }
    }

    private static var table: String {
        var lines = ["| key | flag, variable | default | what it says |", "|---|---|---|---|"]
        for key in ConfigurationKey.all {
            let flag = key.flag.map { "`--\($0)` " } ?? ""
            let standard = key.standard.map { "`\($0.words)`" } ?? "–"
            let kind: String =
                switch key.kind {
                case .integer(let range): " \(range.lowerBound) to \(range.upperBound)."
                case .list: " A list."
                case .boolean: " `true` or `false`."
                default: ""
                }
            let summary = key.summary.replacing("|", with: "\\|")
            lines.append(
                "| `\(key.name)`\(key.isLive ? " ↻" : "") | \(flag)`\(key.variable)` | \(standard) | \(summary)\(kind) |"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test("ops/streamtap.yaml is sound, and its plans take what it gives them")
    func example() async throws {
        let loaded = ConfigurationSources(file: Self.examplePath).load()
        #expect(!loaded.faults.hasErrors, "\(loaded.faults)")
        #expect(loaded.instances.count == 2)
        #expect(loaded.configuration.plansDirectory == Self.path("pipelines"))
        let faults = await loaded.check(worker: nil)
        // Directories and secrets are those of a machine that has them.
        #expect(faults.allSatisfy { $0.severity == .warning }, "\(faults)")
    }

    /// A validator that is not ours takes what we take, and refuses what we refuse, as far as a schema can say it.
    @Test("A JSON Schema validator judges files as we do")
    func validator() async throws {
        let directory = try TemporaryDirectory()
        // What two kinds of YAML read differently, and what no schema says.
        let beyond = [
            "0", "1_000", "yes", "on", "Off", "12:30", "1e3", "stands twice", "!", "<<", "anchors", "control",
            "10.0.5.0/33",
            "a value", "as its file is", "\"", "1M",
        ]
        var files: [(path: String, isSound: Bool)] = [(Self.examplePath, true)]
        for (number, row) in ConfigurationFileTests.cases.enumerated() where row.text.utf8.count < 1000 {
            let text = row.text + row.says.joined()
            guard !row.says.contains(where: { $0.contains("YAML") || $0.contains("1 MiB") }), row.says != [""],
                !beyond.contains(where: { text.contains($0) && (!row.says.isEmpty || $0 == "on") })
            else { continue }
            files.append((try directory.write(row.text, to: "\(number).yaml"), row.says.isEmpty))
        }
        let script = """
            import json, sys, yaml, jsonschema
            schema = json.load(open(sys.argv[1]))
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            for path in sys.argv[2:]:
                try: document = yaml.safe_load(open(path, encoding='utf-8-sig')) or {}
                except yaml.YAMLError: print(path, 'invalid'); continue
                print(path, 'invalid' if list(validator.iter_errors(document)) else 'valid')
            """
        let process = try ChildProcess("/usr/bin/python3", ["-c", script, Self.schemaPath] + files.map(\.path))
        let exit = try await process.ended()
        #expect(exit == .status(0), "\(process.output)")
        let lines = process.output.split(separator: "\n")
        #expect(lines.count == files.count && files.count > 30, "\(process.output)")
        for (file, isSound) in files {
            let text = try String(contentsOfFile: file, encoding: .utf8)
            #expect(
                lines.contains { $0 == "\(file) \(isSound ? "valid" : "invalid")" },
                "\(text) \(lines.filter { $0.contains(file) })")
        }
    }
}
