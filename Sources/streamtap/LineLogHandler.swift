import Foundation
import Logging

/// One line a message on standard error: time, level, message, then what is known besides.
///
///     2026-03-01T09:30:00.250Z info  instance running instance=demo
struct LineLogHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:]) { $1 }
        let known = all.sorted { $0.key < $1.key }.map { " \($0.key)=\(quoted("\($0.value)"))" }.joined()
        let time = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        let level = event.level.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
        let line = "\(time) \(level) \(oneLine(event.message.description))\(known)\n"
        // One write a line, so that lines of several threads do not mix.
        FileHandle.standardError.write(Data(line.utf8))
    }

    private func quoted(_ value: String) -> String {
        value.contains(where: { $0 == " " || $0 == "\"" || $0.isNewline }) || value.isEmpty
            ? "\"\(oneLine(value).replacing("\"", with: "\\\""))\"" : oneLine(value)
    }

    /// What a camera says must neither break a line nor steer a terminal.
    private func oneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}
