import ArgumentParser

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the page and the API; plans are started from there.",
        discussion: "Ends with SIGTERM or Ctrl-C, and all workers with it, within 3 s.")

    @OptionGroup
    var options: ServerOptions

    func run() async throws {
        try await options.serve()
    }
}
