import ArgumentParser
import Server

/// What a server knows after a restart, and where that is kept.
struct StateOptions: ParsableArguments {
    @Option(name: .customLong("state"), help: .key("state.directory"))
    var directory: String?

    @Flag(name: .customLong("no-state"), help: "Remember nothing: instances end with the server.")
    var remembersNothing = false

    func validate() throws {
        guard directory == nil || !remembersNothing else {
            throw ValidationError("--state and --no-state contradict each other")
        }
        try given.validate()
    }

    /// What was given, by the keys of the configuration.
    var given: [GivenOption] {
        [
            GivenOption("state.directory", directory),
            // Who names a directory wants it to be used.
            directory != nil ? GivenOption("state.remember", true, flag: "state") : nil,
            remembersNothing ? GivenOption("state.remember", false, flag: "no-state") : nil,
        ].compactMap(\.self)
    }
}
