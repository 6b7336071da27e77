import ArgumentParser
import Client
import Plans

struct OptionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "options",
        abstract: "Show the options of an instance's stages, or change those of one while it runs.",
        discussion: """
            A change counts from the next frame on, and outlives restarts. It takes an admin.

            EXAMPLES:
              streamtap ctl options demo
              streamtap ctl options demo soft kernel=5
              streamtap ctl options demo soft --reset kernel
            """)

    @Argument(help: "The instance.", completion: .instances)
    var instance: String

    @Argument(help: "The stage, by its name in the plan; otherwise all are shown.")
    var stage: String?

    @Argument(help: ArgumentHelp("What changes.", valueName: "name=value"))
    var changes: [String] = []

    @Option(help: ArgumentHelp("This one is what the plan says, again. May be repeated.", valueName: "name"))
    var reset: [String] = []

    @OptionGroup
    var form: AnswerForm

    @OptionGroup
    var choice: ServerChoice

    func validate() throws {
        _ = try ParameterArguments(changes)
        if stage == nil, !reset.isEmpty { throw ValidationError("--reset is about a stage: name it") }
        if let stage, stage.contains("=") {
            throw ValidationError("'\(stage)' is no stage; options are a stage's: INSTANCE STAGE NAME=VALUE")
        }
    }

    func run() async throws {
        let texts = try ParameterArguments(changes).texts
        try await choice.ask { client in
            guard let stage else {
                return try form.print(try await client.send(.get, .api("instances", instance))) {
                    (answer: InstanceAnswer) in
                    text(answer.stages ?? [])
                }
            }
            let target = RequestTarget.api("instances", instance, "stages", stage)
            var answer = try await client.send(.get, target)
            if !texts.isEmpty || !reset.isEmpty {
                let known: InstanceAnswer.Stage = try answer.decoded()
                var options: [String: ParameterValue?] = texts.reduce(into: [:]) { options, pair in
                    options[pair.key] = pair.value.like(known.options?[pair.key])
                }
                for name in reset { options.updateValue(nil, forKey: name) }
                answer = try await client.send(.patch, target, ["options": options])
            }
            try form.print(answer) { (stage: InstanceAnswer.Stage) in text([stage]) }
        }
    }

    private func text(_ stages: [InstanceAnswer.Stage]) -> String {
        let rows = stages.flatMap { stage in
            (stage.options ?? [:]).sorted { $0.key < $1.key }.map {
                [stage.name, stage.stage ?? "", $0.key, $0.value.text]
            }
        }
        return rows.isEmpty ? "There are no options.\n" : TextTable(["STAGE", "KIND", "OPTION", "VALUE"], rows).text
    }
}

extension String {
    /// The value that this text is in the place of another: a number where that is one.
    fileprivate func like(_ value: ParameterValue?) -> ParameterValue {
        let type: ParameterDeclaration.ValueType? =
            switch value {
            case .integer, .number: .number
            case .boolean: .boolean
            case .string: .string
            case nil: nil
            }
        guard let type else { return .string(self) }
        if type == .number, let whole = Int64(self) { return .integer(whole) }
        return ParameterValue(parsing: self, as: ParameterDeclaration(name: "value", type: type)) ?? .string(self)
    }
}
