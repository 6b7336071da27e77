import ArgumentParser
import Server

struct ReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Have a running server read its configuration again.",
        discussion: """
            The server is the one that has the state directory; give --config and --state as it was given them. A configuration \
            with faults is told here, and the server is left alone. What has changed, its log says. SIGHUP does the same.
            """)

    @OptionGroup
    var configuration: ConfigurationOptions

    @OptionGroup
    var state: StateOptions

    func run() async throws {
        let loaded = configuration.sources(state.given).load()
        try loaded.requireSound()
        let directory: String
        switch loaded.configuration.namedState {
        case .none:
            throw Complaint("a server without a state directory cannot be found; SIGHUP to its process does the same")
        case .named(let path), .standard(let path): directory = path
        }
        guard let holder = StateHolder(of: directory) else {
            throw Complaint("no server runs with the state in \(directory); --state names another directory")
        }
        do {
            try holder.reload()
        } catch {
            throw Complaint(error.message)
        }
        try StandardOutput.write(
            "process \(holder.process) reads its configuration again; its log says what has changed\n")
    }
}
