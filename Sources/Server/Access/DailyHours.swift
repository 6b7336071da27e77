import Foundation

/// A part of each day by this machine's clock: `07:00-19:30`; `22:00-06:00` goes over midnight.
package struct DailyHours: Sendable, Hashable, CustomStringConvertible {
    /// Minutes after midnight; the end is not part of it.
    private let begin: Int
    private let end: Int

    /// As it is written.
    package var description: String { "\(Self.clock(begin))-\(Self.clock(end))" }

    /// Nil: these are no two times of a day, or the same.
    package init?(_ text: some StringProtocol) {
        let times = text.split(separator: "-", omittingEmptySubsequences: false).map { Self.minutes($0) }
        guard times.count == 2, let begin = times[0], let end = times[1], begin != end, begin < 1440 else { return nil }
        (self.begin, self.end) = (begin, end)
    }

    /// When the part of the day that holds `now` is over; nil: it is not in one.
    ///
    /// - Parameter calendar: whose time zone decides; days on which clocks change are as long as they are.
    func end(of now: Date, in calendar: Calendar = .current) -> Date? {
        let parts = calendar.dateComponents([.hour, .minute], from: now)
        guard let hour = parts.hour, let minute = parts.minute else { return nil }
        let time = hour * 60 + minute
        let isInside = begin < end ? (begin..<end).contains(time) : time >= begin || time < end
        guard isInside else { return nil }
        let finish = DateComponents(hour: end % 1440 / 60, minute: end % 60)
        // Where clocks are put back that time comes twice.
        return [Calendar.RepeatedTimePolicy.first, .last].compactMap {
            calendar.nextDate(after: now, matching: finish, matchingPolicy: .nextTime, repeatedTimePolicy: $0)
        }.min()
    }

    /// `00:00` to `24:00`.
    private static func minutes(_ text: some StringProtocol) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= 1440
        else { return nil }
        return hour * 60 + minute
    }

    private static func clock(_ minutes: Int) -> String {
        let hour = minutes / 60
        let minute = minutes % 60
        return (hour < 10 ? "0" : "") + "\(hour):" + (minute < 10 ? "0" : "") + "\(minute)"
    }
}

extension DailyHours: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let hours = DailyHours(text) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "'\(text.prefix(40))' is no part of a day, as 07:00-19:30 is"))
        }
        self = hours
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
