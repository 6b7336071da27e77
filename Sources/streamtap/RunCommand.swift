import ArgumentParser
import Foundation
import Plans
import Server

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Serve, with one plan running from the start.",
        discussion: """
            Nothing is remembered: what runs here ends here. `streamtap serve` remembers.

            EXAMPLES:
              streamtap run demo
              streamtap run rtsp-h264 camera=rtsp://10.0.0.5/main latency=200
              streamtap run rtsp-h264 camera=rtsp://10.0.0.5/main user=me --secret password=front-door
              streamtap run ./mine.plan --port 8080
            """)

    @Argument(help: "A plan file, or the name of a plan in the plans directory.")
    var plan: String

    @Argument(help: ArgumentHelp("Values of the plan's parameters.", valueName: "name=value"))
    var parameters: [String] = []

    @Option(
        name: .customLong("secret"),
        help: ArgumentHelp(
            "The stored secret NAME is the value of a parameter; see --credentials. May be repeated.",
            valueName: "parameter=name"))
    var secrets: [String] = []

    @Option(help: ArgumentHelp("The instance's name; otherwise the plan's.", valueName: "name"))
    var id: String?

    @OptionGroup
    var configuration: ConfigurationOptions

    @OptionGroup
    var options: ServerOptions

    func run() async throws {
        let loaded = configuration.sources(options.given, readsStandard: false).load()
        try loaded.requireSound()
        let file = try PlanFile(plan, plans: loaded.configuration.plansDirectory)
        let named = try ParameterArguments(secrets).texts
        // What the text alone shows is said before anything is started.
        let values = try file.explaining {
            let plan = try Plan(parsing: file.text)
            let values = try plan.values(parsing: ParameterArguments(parameters).texts)
            let stored = try SecretStore(directory: loaded.configuration.credentialsDirectory).values(
                for: plan, named: named, given: Set(values.keys))
            _ = try plan.binding(values.merging(stored) { $1 })
            return values
        }
        let request = InstanceRequest(text: file.text, parameters: values, id: id, secrets: named)
        try await loaded.serve { manager in
            do {
                _ = try await manager.create(request, from: .commandLine(plan: file.name))
            } catch let error as ServiceError where !error.details.isEmpty {
                file.explain(error.details)
                throw ExitCode(1)
            }
        }
    }
}

extension PlanFile {
    /// Prints diagnostics with their places in this file on standard error.
    func explain(_ diagnostics: [Diagnostic]) {
        let renderer = DiagnosticRenderer(file: path, text: text, colour: isatty(STDERR_FILENO) == 1)
        StandardError.write(renderer.render(diagnostics))
    }

    /// - Throws: `ExitCode` 1 after the plan's errors have been printed, or what else `body` throws.
    func explaining<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as PlanError {
            explain(error.diagnostics)
            throw ExitCode(1)
        }
    }
}
