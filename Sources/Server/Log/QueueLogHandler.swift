import Foundation
package import Logging

/// Writes each message as one line, through a queue: whoever logs never waits.
package struct QueueLogHandler: LogHandler {
    /// The least that is written of what this one is told; what its output wants at least counts, too.
    package var logLevel: Logger.Level {
        get { max(own, output.level) }
        set { own = newValue }
    }
    private var own: Logger.Level
    /// What every message has besides.
    package var metadata: Logger.Metadata = [:]
    /// The same, as it is at the moment.
    package var metadataProvider: Logger.MetadataProvider?
    private let output: LogOutput

    /// Messages from `level` on go to `output`.
    package init(_ output: LogOutput, level: Logger.Level) {
        self.output = output
        own = level
    }

    /// What every message has besides.
    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Returns at once.
    package func log(event: LogEvent) {
        let all = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:]) { $1 }
        output.write(
            LogRecord(time: Date(), level: event.level, message: event.message.description, metadata: all))
    }
}
