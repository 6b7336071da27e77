import ArgumentParser
import Foundation
import Server

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check and show the configuration that a server would be started with.",
        subcommands: [Check.self, Show.self, Schema.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell everything that is wrong with a configuration, without starting a server.",
            discussion: """
                Prints file:line:column: error: message. Exits with 1 when there is an error. Declared instances are checked with \
                their plans and parameters; no camera is opened.
                """)

        @Argument(help: "The file; otherwise the one that `streamtap serve` would read.")
        var file: String?

        @OptionGroup
        var options: ServerOptions

        @OptionGroup
        var state: StateOptions

        func run() async throws {
            var source = ConfigurationOptions()
            source.file = file
            let sources = source.sources(options.given + state.given)
            let loaded = sources.load()
            // A worker that cannot be found is a fault of its own, unless it is not where this command runs.
            let worker = try? loaded.configuration.worker()
            let faults = loaded.faults + (await loaded.check(worker: worker))
            for fault in faults { try StandardOutput.write("\(fault)\n") }
            if faults.hasErrors { throw ExitCode(1) }
            guard faults.isEmpty else { return }
            let count = loaded.instances.count
            let declared = count == 1 ? "1 instance is declared" : "\(count) instances are declared"
            try StandardOutput.write("\(loaded.file ?? "without a file"): sound; \(declared)\n")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show each value with where it comes from. Secrets are masked.")

        @Flag(help: "Print JSON for programs.")
        var json = false

        @OptionGroup
        var configuration: ConfigurationOptions

        @OptionGroup
        var options: ServerOptions

        @OptionGroup
        var state: StateOptions

        func run() async throws {
            let loaded = configuration.sources(options.given + state.given).load()
            let lines = loaded.shown
            if json {
                try printJSON(["values": lines])
            } else {
                let names = lines.map(\.name.count).max() ?? 0
                let values = min(48, lines.map(\.words.count).max() ?? 0)
                for line in lines {
                    let gap = max(0, values - line.words.count)
                    let name = line.name.padding(toLength: names, withPad: " ", startingAt: 0)
                    try StandardOutput.write(
                        "\(name)  \(line.words)\(String(repeating: " ", count: gap))  \(line.source)\n")
                }
            }
            try loaded.requireSound()
        }
    }

    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the JSON Schema of streamtap.yaml, for editors.")

        func run() throws { try StandardOutput.write(ConfigurationSchema.text) }
    }
}
