import ArgumentParser
import Foundation
import Plans
import Server

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Tell what is wrong with plans, without running them.",
        discussion: "Prints file:line:column: error: message. Exits with 1 when any plan has an error.")

    @Argument(help: ArgumentHelp("Plan files.", valueName: "file"))
    var files: [String]

    @Flag(help: "Print JSON for programs.")
    var json = false

    func run() async throws {
        let inspector = PlanInspector(executable: try WorkerExecutable.located())
        var reports: [Report] = []
        for file in files {
            let text = try PlanFile.read(file)
            let report = Report(file: file, diagnostics: try await inspector.everything(about: text))
            if !json, !report.diagnostics.isEmpty {
                let renderer = DiagnosticRenderer(file: file, text: text, colour: isatty(STDOUT_FILENO) == 1)
                print(renderer.render(report.diagnostics), terminator: "")
            }
            reports.append(report)
        }
        if json { try printJSON(["files": reports]) }
        if reports.contains(where: { !$0.valid }) { throw ExitCode(1) }
    }

    private struct Report: Encodable {
        var file: String
        var valid: Bool
        var diagnostics: [Diagnostic]

        init(file: String, diagnostics: [Diagnostic]) {
            self.file = file
            self.valid = !diagnostics.contains { $0.severity == .error }
            self.diagnostics = diagnostics
        }
    }
}

extension PlanInspector {
    /// What the text shows by itself, and then, when it is sound so far, what its elements and stages say.
    func everything(about text: String) async throws -> [Diagnostic] {
        do {
            let plan = try Plan(parsing: text)
            let further = try await check(text, parameters: nil)
            return (plan.warnings.filter { !further.contains($0) } + further)
                .sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        } catch let error as PlanError {
            return error.diagnostics
        }
    }
}

/// Prints a value as JSON that people can read too.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
