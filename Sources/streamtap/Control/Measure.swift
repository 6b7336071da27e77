import Foundation

/// Numbers as tables show them.
enum Measure {
    /// `25.0`; `-` where nothing is known.
    static func rate(_ fps: Double?) -> String { fps.map { String(format: "%.1f", $0) } ?? "-" }

    /// `40 ms`, `5.2 s`, `12 min`, `3 h`, `9 d`; `-` where nothing is known.
    static func time(milliseconds: Int?) -> String {
        guard let milliseconds else { return "-" }
        switch max(0, milliseconds) {
        case ..<1000: return "\(max(0, milliseconds)) ms"
        case ..<10_000: return String(format: "%.1f s", Double(milliseconds) / 1000)
        case ..<120_000: return "\(milliseconds / 1000) s"
        case ..<7_200_000: return "\(milliseconds / 60_000) min"
        case ..<172_800_000: return "\(milliseconds / 3_600_000) h"
        default: return "\(milliseconds / 86_400_000) d"
        }
    }

    /// How long an instant has been past, whose clock may be another one.
    static func time(since instant: String?, at now: Date = Date()) -> String {
        guard let date = instant.flatMap(date) else { return "-" }
        return time(milliseconds: Int(max(0, now.timeIntervalSince(date)) * 1000))
    }

    /// An instant as the API has it, by this machine's clock: `2026-01-02 03:04:05`.
    static func local(_ instant: String) -> String {
        guard let date = date(instant) else { return instant }
        let format = Date.VerbatimFormatStyle(
            format:
                "\(year: .padded(4))-\(month: .twoDigits)-\(day: .twoDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits)",
            locale: Locale(identifier: "en_US_POSIX"), timeZone: .current, calendar: Calendar(identifier: .gregorian))
        return date.formatted(format)
    }

    private static func date(_ instant: String) -> Date? {
        try? Date(instant, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
