import ArgumentParser
import Server

/// What is logged, and how.
struct LogOptions: ParsableArguments {
    @Option(name: .customLong("log-level"), help: .key("log.level"))
    var level: String?

    @Option(name: .customLong("log-format"), help: .key("log.format"))
    var format: String?

    /// What was given, by the keys of the configuration.
    var given: [GivenOption] {
        [GivenOption("log.level", level), GivenOption("log.format", format)].compactMap(\.self)
    }
}
