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

    @OptionGroup
    var worker: WorkerOption

    func run() async throws {
        let inspector = PlanInspector(executable: try worker.executable())
        var reports: [Report] = []
        for file in files {
            let text = try PlanFile.read(file)
            let diagnostics = Redaction(planText: text).apply(to: try await inspector.check(text))
            let report = Report(file: file, diagnostics: diagnostics)
            if !json, !report.diagnostics.isEmpty {
                let renderer = DiagnosticRenderer(file: file, text: text, colour: isatty(STDOUT_FILENO) == 1)
                try StandardOutput.write(renderer.render(report.diagnostics))
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

/// Prints a value as JSON that people can read too.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try StandardOutput.write(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n")
}
