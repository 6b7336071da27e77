import ArgumentParser
import Client
import Foundation
import Plans

struct StartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Start a plan of the server's, or one of a file here.",
        discussion: """
            A file's text is sent only where the server takes it (--allow-plan-text of the server), from an admin.

            EXAMPLES:
              streamtap ctl start demo
              streamtap ctl start rtsp-h264 camera=rtsp://10.0.0.5/main --secret password=front-door --id door
              streamtap ctl start ./mine.plan --set width=640
              streamtap ctl start rtsp-h264 camera=rtsp://10.0.0.6/main --id door --replace
            """,
        aliases: ["create"])

    @Argument(
        help: "A plan of the server's; a file where it ends with .plan or has a slash in it, - for standard input.",
        completion: .serverPlans)
    var plan: String

    @Argument(help: ArgumentHelp("Values of the plan's parameters.", valueName: "name=value"))
    var parameters: [String] = []

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("The same, before or after the plan. May be repeated.", valueName: "name=value"))
    var set: [String] = []

    @Option(
        name: .customLong("secret"),
        help: ArgumentHelp(
            "The server's stored secret NAME is the value of a parameter. May be repeated.", valueName: "parameter=name"
        ))
    var secrets: [String] = []

    @Option(help: ArgumentHelp("The instance's name; otherwise the plan's.", valueName: "name"))
    var id: String?

    @Flag(help: "Take the place of the instance of that name, if there is one.")
    var replace = false

    @OptionGroup
    var form: AnswerForm

    @OptionGroup
    var choice: ServerChoice

    func validate() throws {
        if replace, id == nil { throw ValidationError("--replace is about an instance: name it with --id") }
        _ = try words()
    }

    func run() async throws {
        let file = try isFile ? PlanFile(reading: plan) : nil
        let words = try words()
        let answer = try await choice.ask { client in
            do {
                let request = StartRequest(
                    plan: file == nil ? plan : nil, text: file?.text, id: replace ? nil : id,
                    parameters: try await values(words.values, file, client).mapValues { .value($0) }.merging(
                        words.secrets.mapValues { .secret($0) }
                    ) { $1 })
                if replace, let id {
                    return try await client.send(.put, .api("instances", id), request, patience: patience)
                }
                return try await client.send(.post, .api("instances"), request, patience: patience)
            } catch ClientError.refused(let refusal) where file != nil && !refusal.details.isEmpty {
                // With the lines of the file that they are about.
                file?.explain(refusal.details.map(\.safe))
                throw ExitCode(1)
            }
        }
        do {
            try form.print(answer) { (instance: InstanceAnswer) in "\(instance.id): \(instance.state)\n" }
        } catch let error as ClientError {
            throw error.told()
        }
    }

    /// The server waits for a worker's word on the plan, and where one is replaced for its end.
    private var patience: Duration { .seconds(10) }

    private var isFile: Bool { plan == "-" || plan.contains("/") || plan.hasSuffix(".plan") }

    /// - Throws: `ValidationError` for what is no `name=value`, or given twice.
    private func words() throws -> (values: [String: String], secrets: [String: String]) {
        let values = try ParameterArguments(parameters + set).texts
        let secrets = try ParameterArguments(secrets).texts
        if let both = values.keys.first(where: { secrets[$0] != nil }) {
            throw ValidationError("'\(both)' is given twice, as a value and as a secret")
        }
        return (values, secrets)
    }

    /// A number is a number only where the plan says so.
    private func values(
        _ texts: [String: String], _ file: PlanFile?, _ client: ServerClient
    ) async throws -> [String: ParameterValue] {
        guard !texts.isEmpty else { return [:] }
        if let file {
            let declared = (try? Plan(parsing: file.text))?.parameters ?? []
            return Dictionary(
                uniqueKeysWithValues: texts.map { name, text in
                    let declaration = declared.first { $0.name == name }
                    return (name, declaration.flatMap { ParameterValue(parsing: text, as: $0) } ?? .string(text))
                })
        }
        let known: PlanAnswer = try await client.send(.get, .api("plans", plan)).decoded()
        return Dictionary(
            uniqueKeysWithValues: texts.map { name, text in
                (name, known.parameters?.first { $0.name == name }?.value(of: text) ?? .string(text))
            })
    }
}

/// Body of POST and PUT /api/vp/instances.
private struct StartRequest: Encodable, Sendable {
    enum Given: Encodable, Sendable {
        case value(ParameterValue)
        case secret(String)

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .value(let value): try value.encode(to: encoder)
            case .secret(let name): try ["secret": name].encode(to: encoder)
            }
        }
    }

    var plan: String?
    var text: String?
    var id: String?
    var parameters: [String: Given]
}

extension PlanFile {
    /// A file, `-` being standard input.
    ///
    /// - Throws: `ValidationError` when it cannot be read as UTF-8 text.
    fileprivate init(reading path: String) throws {
        self.path = path == "-" ? "/dev/stdin" : path
        name = URL(filePath: path).deletingPathExtension().lastPathComponent
        text = try Self.read(self.path)
    }
}

extension Diagnostic {
    /// The same for a terminal.
    fileprivate var safe: Diagnostic {
        var safe = self
        safe.message = TerminalText.safe(message)
        safe.hint = hint.map { TerminalText.safe($0) }
        return safe
    }
}
