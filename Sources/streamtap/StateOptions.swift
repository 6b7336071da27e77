import ArgumentParser
import Server

/// What a server knows after a restart, and where that is kept.
struct StateOptions: ParsableArguments {
    @Option(
        name: .customLong("state"),
        help: ArgumentHelp(
            "Directory of what is remembered over a restart: instances that were made over the API, what was changed at "
                + "them, and events. Otherwise the one that STREAMTAP_STATE names, otherwise "
                + "$XDG_STATE_HOME/streamtap or ~/.local/state/streamtap.", valueName: "directory"))
    var directory: String?

    @Flag(name: .customLong("no-state"), help: "Remember nothing: instances end with the server.")
    var remembersNothing = false

    func validate() throws {
        guard directory == nil || !remembersNothing else {
            throw ValidationError("--state and --no-state contradict each other")
        }
    }

    var location: StateLocation { remembersNothing ? .none : StateLocation(directory: directory) }
}
