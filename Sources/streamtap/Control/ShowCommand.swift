import ArgumentParser
import Client
import Plans

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show an instance: its state, parameters, sources, stages and taps.",
        aliases: ["status"])

    @Argument(help: "The instance.", completion: .instances)
    var instance: String

    @OptionGroup
    var form: AnswerForm

    @OptionGroup
    var choice: ServerChoice

    func run() async throws {
        try await choice.ask { client in
            try form.print(try await client.send(.get, .api("instances", instance)), InstanceText.text)
        }
    }
}

/// An instance as people read it, all of it.
enum InstanceText {
    static func text(_ instance: InstanceAnswer) -> String {
        let facts: [(String, String?)] = [
            ("instance", instance.id),
            ("plan", instance.shownPlan),
            ("state", instance.state + ", for " + Measure.time(since: instance.since)),
            ("why", instance.trouble.isEmpty ? nil : instance.trouble),
            ("next try", instance.nextRetryAt.map(Measure.local)),
            ("made", instance.createdAt.map(Measure.local)),
            ("declared", instance.declared == true ? "by the server's configuration" : nil),
            ("restarts", instance.restarts.map { String($0) }),
            ("rate", instance.fps.map { Measure.rate($0) + " fps" }),
            ("newest frame", instance.lastFrameAgeMs.map { Measure.time(milliseconds: $0) + " ago" }),
            ("taps", instance.taps?.joined(separator: ", ")),
        ]
        let known = facts.compactMap { name, value in value.map { [name, $0] } }
        return aligned(known) + section("parameters", pairs(instance.parameters)) + sources(instance.sources ?? [])
            + stages(instance.stages ?? [])
            + section("branches", (instance.branches ?? []).map { [$0.name, $0.state ?? "", $0.reason ?? ""] })
    }

    private static func pairs(_ values: [String: ParameterValue]?) -> [[String]] {
        (values ?? [:]).sorted { $0.key < $1.key }.map { [$0, $1.text] }
    }

    private static func sources(_ sources: [InstanceAnswer.Source]) -> String {
        section(
            "sources",
            sources.map { source in
                [
                    source.name, source.state ?? "", Measure.rate(source.fps) + " fps",
                    Measure.time(milliseconds: source.lastFrameAgeMs) + " old", "\(source.decodeErrors ?? 0) broken",
                    "\(source.dropped ?? 0) dropped",
                    ([source.message].compactMap(\.self) + (source.warnings ?? [])).joined(separator: ", "),
                ]
            })
    }

    private static func stages(_ stages: [InstanceAnswer.Stage]) -> String {
        section(
            "stages",
            stages.map { stage in
                [
                    stage.name, stage.stage ?? "", "\(stage.p50Us ?? 0) µs", "\(stage.dropped ?? 0) dropped",
                    pairs(stage.options).map { $0.joined(separator: "=") }.joined(separator: " "),
                ]
            })
    }

    private static func section(_ title: String, _ rows: [[String]]) -> String {
        rows.isEmpty ? "" : "\(title):\n" + aligned(rows, indent: "  ")
    }

    private static func aligned(_ rows: [[String]], indent: String = "") -> String {
        TextTable([], rows).lines.dropFirst().map { "\(indent)\($0)\n" }.joined()
    }
}
