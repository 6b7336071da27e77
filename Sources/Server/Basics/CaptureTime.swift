import Foundation
import WorkerLink

/// Capture times as people and browsers count them.
///
/// Inside, every time is CLOCK_MONOTONIC; outside, Unix microseconds with one offset fixed at the start of the server,
/// so that an adjusted wall clock never makes a frame older or younger than the one before.
enum CaptureTime {
    private static let offset = Int64(Date().timeIntervalSince1970 * 1e9) - MonotonicClock.now()

    /// Unix microseconds of a CLOCK_MONOTONIC time in nanoseconds.
    static func unixMicroseconds(_ monotonic: Int64) -> Int64 {
        // A worker says when a frame was captured; whatever it says must not trap here.
        (monotonic &+ offset) / 1000
    }

    /// The CLOCK_MONOTONIC time in nanoseconds of Unix microseconds; of times before the machine's start, a negative one.
    static func monotonic(unixMicroseconds time: Int64) -> Int64 {
        let (nanoseconds, overflow) = time.multipliedReportingOverflow(by: 1000)
        return overflow ? 0 : nanoseconds &- offset
    }

    /// Nanoseconds since a CLOCK_MONOTONIC time in nanoseconds; a time in the future counts as now.
    static func age(_ monotonic: Int64, now: Int64 = MonotonicClock.now()) -> Int64 {
        let (age, overflow) = now.subtractingReportingOverflow(monotonic)
        return overflow ? 0 : max(0, age)
    }

    /// The same in milliseconds.
    static func ageMilliseconds(_ monotonic: Int64, now: Int64 = MonotonicClock.now()) -> Int {
        Int(age(monotonic, now: now) / 1_000_000)
    }
}
