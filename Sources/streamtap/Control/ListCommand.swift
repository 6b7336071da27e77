import ArgumentParser
import Client
import Foundation

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List instances: what runs, how well, and what is the matter.",
        discussion: """
            FRAME is the age of the newest frame, FOR how long the instance has been in its state. Viewers see the instances that \
            were shown to them.
            """,
        aliases: ["ls"])

    @OptionGroup
    var form: AnswerForm

    @OptionGroup
    var choice: ServerChoice

    func run() async throws {
        try await choice.ask { client in
            try form.print(try await client.send(.get, .api("instances"))) { (answer: InstancesAnswer) in
                answer.instances.isEmpty ? "Nothing runs.\n" : InstanceTable(answer.instances).table.text
            }
        }
    }
}

/// Instances as people read them, a line each.
struct InstanceTable {
    let table: TextTable

    init(_ instances: [InstanceAnswer], viewers: [String: Int]? = nil, at now: Date = Date()) {
        let titles =
            ["INSTANCE", "PLAN", "STATE", "FPS", "FRAME", "FOR"] + (viewers == nil ? [] : ["VIEWERS"]) + ["MESSAGE"]
        table = TextTable(
            titles,
            instances.map { instance in
                [
                    instance.id, instance.shownPlan, instance.state, Measure.rate(instance.fps),
                    Measure.time(milliseconds: instance.lastFrameAgeMs), Measure.time(since: instance.since, at: now),
                ] + (viewers.map { [String($0[instance.id] ?? 0)] } ?? []) + [instance.trouble]
            })
    }
}

extension InstanceAnswer {
    /// Viewers are not told.
    var shownPlan: String { plan.map { $0.isEmpty ? "-" : $0 } ?? "-" }

    /// What is the matter; empty where nothing is.
    var trouble: String { message ?? reason ?? "" }
}
