import ArgumentParser
import Client

struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stop instances, and have the server forget them.",
        discussion: "Files that are being recorded are finished first; an instance is gone some seconds later.",
        aliases: ["rm", "delete"])

    @OptionGroup
    var which: NamedInstances

    func run() async throws {
        try await which.each { client, id in try await client.send(.delete, .api("instances", id)) }
    }
}

struct RestartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract: "Start instances again, whatever their state; who watches stays.")

    @OptionGroup
    var which: NamedInstances

    func run() async throws {
        try await which.each { client, id in
            try await client.send(.post, .api("instances", id, "restart"), patience: .seconds(10))
        }
    }
}

/// Those that a command does the same with, one after the other.
struct NamedInstances: ParsableArguments {
    @Argument(help: "The instances.", completion: .instances)
    var instances: [String]

    @OptionGroup
    var form: AnswerForm

    @OptionGroup
    var choice: ServerChoice

    /// Asks something about each of them, and prints what has become of it; one that the server refuses holds up none of the others.
    ///
    /// - Throws: `ExitCode` where it has refused any, and whatever else keeps it from being asked.
    func each(_ ask: (ServerClient, String) async throws -> ServerAnswer) async throws {
        try await choice.ask { client in
            var refusal: ExitCode?
            for instance in instances {
                do {
                    try form.print(try await ask(client, instance)) { (answer: InstanceAnswer) in
                        "\(answer.id): \(answer.state)\n"
                    }
                } catch let error as ClientError {
                    guard case .refused = error else { throw error }
                    refusal = error.told()
                }
            }
            if let refusal { throw refusal }
        }
    }
}
