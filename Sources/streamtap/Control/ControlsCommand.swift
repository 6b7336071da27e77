import ArgumentParser
import Client
import Plans

struct ControlsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "controls",
        abstract: "Show or set a USB camera's controls while it runs: exposure, gain, focus.",
        discussion: """
            EXAMPLES:
              streamtap ctl controls desk v4l2src0
              streamtap ctl controls desk v4l2src0 gain=30 exposure_auto='Manual Mode'
              streamtap ctl controls desk v4l2src0 --reset gain
            """)

    @Argument(help: "The instance.", completion: .instances)
    var instance: String

    @Argument(help: "The source, as 'streamtap ctl show' names it.")
    var source: String

    @Argument(
        help: ArgumentHelp("What is set: a number, true, false or the name of a choice.", valueName: "name=value"))
    var changes: [String] = []

    @Option(help: ArgumentHelp("This one is what the plan says, again. May be repeated.", valueName: "name"))
    var reset: [String] = []

    @OptionGroup
    var form: AnswerForm

    @OptionGroup
    var choice: ServerChoice

    func validate() throws { _ = try ParameterArguments(changes) }

    func run() async throws {
        var values: [String: ParameterValue?] = try ParameterArguments(changes).texts.mapValues(Self.value)
        for name in reset { values.updateValue(nil, forKey: name) }
        try await choice.ask { [values] client in
            let target = RequestTarget.api("instances", instance, "sources", source, "controls")
            let answer =
                values.isEmpty
                ? try await client.send(.get, target)
                : try await client.send(.patch, target, ["controls": values], patience: .seconds(10))
            try form.print(answer) { (answer: ControlsAnswer) in text(answer.controls) }
        }
    }

    private static func value(_ text: String) -> ParameterValue {
        if let number = Int64(text) { return .integer(number) }
        switch text {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        default: return .string(text)
        }
    }

    private func text(_ controls: [ControlsAnswer.Control]) -> String {
        guard !controls.isEmpty else { return "The camera has no controls.\n" }
        return TextTable(
            ["CONTROL", "VALUE", "DEFAULT", "ALLOWED", "TITLE"],
            controls.map { control in
                [
                    control.name, control.value?.text ?? "-", control.default?.text ?? "-", control.allowed,
                    control.title ?? "",
                ]
            }
        ).text
    }
}

/// What can be set on a camera, as far as people are told of it.
private struct ControlsAnswer: Decodable {
    struct Control: Decodable {
        struct Choice: Decodable {
            var value: Int64
            var name: String
        }

        var name: String
        var title: String?
        var value: ParameterValue?
        var `default`: ParameterValue?
        var minimum: Int64?
        var maximum: Int64?
        var choices: [Choice]?

        var allowed: String {
            if let choices, !choices.isEmpty { return choices.map { "\($0.value) \($0.name)" }.joined(separator: ", ") }
            guard let minimum, let maximum else { return "-" }
            return "\(minimum)…\(maximum)"
        }
    }

    var controls: [Control]
}
