import ArgumentParser
import Foundation
import Plans
import Server
import WorkerLink

struct GraphCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph", abstract: "Draw a plan's graph, without running it.",
        discussion:
            "Mermaid is drawn by many Markdown viewers, DOT by Graphviz: streamtap graph demo --format dot | dot -Tsvg")

    @Argument(help: "A plan file, or the name of a plan in the plans directory.")
    var plan: String

    @Option(
        help: ArgumentHelp(
            "Directory of the plans (default: pipelines, or the installed samples).", valueName: "directory"))
    var plans: String?

    @Option(
        help: "mermaid, dot or json.",
        transform: { word in
            guard let format = PlanDiagram.Format(rawValue: word) else {
                throw ValidationError("the format is mermaid, dot or json")
            }
            return format
        })
    var format = PlanDiagram.Format.mermaid

    @OptionGroup
    var worker: WorkerOption

    func run() async throws {
        let file = try PlanFile(plan, plans: plans ?? Installation.plansDirectory)
        do {
            let graph = try Plan(parsing: file.text).graph
            let stages = try await PlanInspector(executable: try worker.executable()).stages()
            try StandardOutput.write(
                PlanDiagram(PlanDescription(graph, stages: Set(stages.map(\.name)))).text(format))
        } catch let error as PlanError {
            let renderer = DiagnosticRenderer(file: file.path, text: file.text, colour: isatty(STDERR_FILENO) == 1)
            StandardError.write(renderer.render(error.diagnostics))
            throw ExitCode(1)
        }
    }
}
