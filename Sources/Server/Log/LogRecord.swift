import Foundation
import Logging

/// One message of the log with what is known besides.
struct LogRecord {
    var time: Date
    var level: Logger.Level
    var message: String
    var metadata: Logger.Metadata
}

/// How a message of the log is written.
package enum LogFormat: String, Sendable, CaseIterable {
    /// `2026-03-01T09:30:00.250Z info     instance running instance=demo`
    case text
    /// `{"instance":"demo","level":"info","message":"instance running","time":"2026-03-01T09:30:00.250Z"}`
    case json

    /// Bytes of a line, about; what is beyond is left out.
    static let longestLine = 16_384

    /// - Parameter isForJournal: journald adds the time itself, and takes the level from a number in front.
    func line(_ record: LogRecord, isForJournal: Bool) -> String {
        let line: String
        switch self {
        case .text:
            let known = record.metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.quoted("\($0.value)"))" }
            let level = record.level.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
            let words = "\(level) \(Self.oneLine(record.message))\(known.joined())"
            line = Self.cut(isForJournal ? words : "\(Self.text(record.time)) \(words)")
        case .json:
            var object = record.metadata.mapValues { Self.cut("\($0)") }
            object["time"] = Self.text(record.time)
            object["level"] = record.level.rawValue
            object["message"] = Self.cut(record.message)
            line = JSONText.encode(object)
        }
        return isForJournal ? "<\(record.level.syslogPriority)>\(line)" : line
    }

    private static func text(_ time: Date) -> String {
        time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    private static func quoted(_ value: String) -> String {
        value.contains(where: { $0 == " " || $0 == "\"" || $0.isNewline }) || value.isEmpty
            ? "\"\(oneLine(value).replacing("\"", with: "\\\""))\"" : oneLine(value)
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count > longestLine ? text.prefix(bytes: longestLine) + "…" : text
    }

    /// What a camera says must neither break a line, nor steer a terminal, nor turn round what stands beside it.
    private static func oneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: " "
                    default: scalar
                    }
                }))
    }
}

extension Logger.Level {
    /// As syslog(3) numbers them.
    var syslogPriority: Int {
        switch self {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }
}
