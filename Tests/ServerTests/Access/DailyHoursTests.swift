import Foundation
import Testing

@testable import Server

@Suite("Hours of a day")
struct DailyHoursTests {
    private static let calendar: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "Europe/Vienna") ?? .gmt
        return calendar
    }()

    private func instant(_ text: String) throws -> Date { try #require(Instant.date(text)) }

    @Test(
        "When they are, and when they end",
        arguments: [
            ("07:00-19:30", "2026-11-28T05:59:00Z", nil),
            ("07:00-19:30", "2026-11-28T06:00:00Z", "2026-11-28T18:30:00Z"),
            ("07:00-19:30", "2026-11-28T18:29:59Z", "2026-11-28T18:30:00Z"),
            ("07:00-19:30", "2026-11-28T18:30:00Z", nil),
            ("22:00-06:00", "2026-11-28T20:59:00Z", nil),
            ("22:00-06:00", "2026-11-28T21:00:00Z", "2026-11-29T05:00:00Z"),
            ("22:00-06:00", "2026-11-29T04:59:59Z", "2026-11-29T05:00:00Z"),
            ("22:00-06:00", "2026-11-29T05:00:00Z", nil),
            ("00:00-24:00", "2026-11-28T12:00:00Z", "2026-11-28T23:00:00Z"),
            // Summer begins at 01:00Z: 02:00 is followed by 03:00.
            // And on the day it ends, 02:10 and 02:30 come twice.
            ("20:00-02:30", "2026-10-25T01:10:00Z", "2026-10-25T01:30:00Z"),
            ("01:00-04:00", "2026-03-29T00:30:00Z", "2026-03-29T02:00:00Z"),
        ] as [(String, String, String?)])
    func end(hours: String, now: String, end: String?) throws {
        let end = try end.map(instant)
        #expect(try #require(DailyHours(hours)).end(of: instant(now), in: Self.calendar) == end)
    }

    @Test(
        "What is none",
        arguments: [
            "", "07:00", "7:00-8:00", "07:00-07:00", "25:00-26:00", "24:00-06:00", "07:60-08:00", "07:00-08:00-09:00",
            "a-b", "+7:00-08:00",
        ])
    func invalid(text: String) {
        #expect(DailyHours(text) == nil)
    }
}
