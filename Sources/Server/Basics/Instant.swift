import Foundation

/// Points in time as the API writes them.
enum Instant {
    /// RFC 3339 UTC with milliseconds, of Unix microseconds.
    static func text(_ microseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(microseconds) / 1_000_000)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// Unix microseconds; nil: too far away.
    static func microseconds(_ date: Date) -> Int64? {
        Int64(exactly: (date.timeIntervalSince1970 * 1_000_000).rounded())
    }

    /// RFC 3339, with a fraction of a second or without; nil: it is none.
    static func date(_ text: String) -> Date? {
        let styles = [false, true].map { Date.ISO8601FormatStyle(includingFractionalSeconds: $0) }
        return styles.lazy.compactMap { try? $0.parse(text) }.first
    }
}
