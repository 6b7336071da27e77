import ArgumentParser
import Server

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the page and the API; plans are started from there.",
        discussion: """
            Instances that were made over the API run again after a restart; see --state. Ends with SIGTERM or Ctrl-C, and all \
            workers with it, within 3 s.
            """)

    @OptionGroup
    var configuration: ConfigurationOptions

    @OptionGroup
    var options: ServerOptions

    @OptionGroup
    var state: StateOptions

    func run() async throws {
        let loaded = configuration.sources(options.given + state.given).load()
        try loaded.requireSound()
        try await loaded.serve(remembering: loaded.configuration.namedState)
    }
}
