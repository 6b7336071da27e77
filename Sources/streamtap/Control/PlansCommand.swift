import ArgumentParser
import Client
import Foundation
import Plans

struct PlansCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plans", abstract: "List the server's plans, or show one with its parameters.",
        discussion: "A parameter with a star has to be given.")

    @Argument(help: "Show this one.", completion: .serverPlans)
    var plan: String?

    @Flag(help: "Print the plan's text and nothing else.")
    var text = false

    @OptionGroup
    var form: AnswerForm

    @OptionGroup
    var choice: ServerChoice

    func validate() throws {
        if text, plan == nil { throw ValidationError("--text is a plan's: name it") }
        if text, form.json { throw ValidationError("--text and --json contradict each other") }
    }

    func run() async throws {
        try await choice.ask { client in
            if let plan {
                try form.print(try await client.send(.get, .api("plans", plan))) { text ? written($0) : shown($0) }
            } else {
                try form.print(try await client.send(.get, .api("plans"))) { (answer: PlansAnswer) in
                    answer.plans.isEmpty ? "The server has no plans.\n" : list(answer.plans)
                }
            }
        }
    }

    private func list(_ plans: [PlanAnswer]) -> String {
        TextTable(
            ["PLAN", "TAPS", "PARAMETERS", "TITLE"],
            plans.map { plan in
                let parameters = (plan.parameters ?? []).map { $0.name + ($0.isRequired ? "*" : "") }
                let fault = plan.diagnostics?.first { $0.severity == "error" }
                return [
                    plan.name, (plan.taps ?? []).joined(separator: ","), parameters.joined(separator: ","),
                    fault.map { "cannot run: \($0.message)" } ?? plan.title ?? "",
                ]
            }
        ).text
    }

    /// Its lines, each harmless by itself.
    private func written(_ plan: PlanAnswer) -> String {
        let lines = (plan.text ?? "").split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map { TerminalText.safe(String($0)) }
                .joined(separator: "\t")
        }
        let text = lines.joined(separator: "\n")
        return text.hasSuffix("\n") ? text : text + "\n"
    }

    private func shown(_ plan: PlanAnswer) -> String {
        let parameters = plan.parameters ?? []
        guard !parameters.isEmpty else { return "\(TerminalText.safe(plan.name)) has no parameters.\n" }
        return TextTable(
            ["PARAMETER", "TYPE", "DEFAULT", "ALLOWED", "MEANING"],
            parameters.map { parameter in
                [
                    parameter.name + (parameter.isRequired ? "*" : ""), parameter.format ?? parameter.type ?? "",
                    parameter.default?.text ?? parameter.secret.map { "secret \($0)" } ?? "-", allowed(parameter),
                    parameter.description ?? "",
                ]
            }
        ).text
    }

    private func allowed(_ parameter: PlanAnswer.Parameter) -> String {
        if let choices = parameter.enum { return choices.map(\.text).joined(separator: ",") }
        switch (parameter.minimum, parameter.maximum) {
        case (nil, nil): return "-"
        case (let least?, nil): return "\(least.formatted(.number.grouping(.never)))…"
        case (nil, let most?): return "…\(most.formatted(.number.grouping(.never)))"
        case (let least?, let most?):
            return "\(least.formatted(.number.grouping(.never)))…\(most.formatted(.number.grouping(.never)))"
        }
    }
}
