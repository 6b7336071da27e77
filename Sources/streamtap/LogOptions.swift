import ArgumentParser
import Logging
import Server

/// What is logged, and how.
struct LogOptions: ParsableArguments {
    @Option(
        name: .customLong("log-level"),
        help: ArgumentHelp(
            "The least that is logged: trace, debug, info, notice, warning, error or critical.", valueName: "level"),
        transform: logLevel)
    var level = Logger.Level.info

    @Option(
        name: .customLong("log-format"),
        help: ArgumentHelp(
            "text or json: a line a message either way. Where systemd's journal reads, it gets the levels.",
            valueName: "format"),
        transform: logFormat)
    var format = LogFormat.text
}

private func logLevel(_ word: String) throws -> Logger.Level {
    guard let level = Logger.Level(rawValue: word) else { throw ValidationError("'\(word)' is no log level") }
    return level
}

private func logFormat(_ word: String) throws -> LogFormat {
    guard let format = LogFormat(rawValue: word) else { throw ValidationError("the format of the log is text or json") }
    return format
}
