import Foundation
import Synchronization

/// The time as HTTP has it (RFC 9110, 5.6.7), made once a second however many answers carry it.
enum HTTPDate {
    private struct Made {
        var second = time_t(-1)
        var text = ""
    }

    private static let newest = Mutex(Made())

    static var now: String {
        var second = time(nil)
        return newest.withLock { made in
            guard made.second != second else { return made.text }
            var parts = tm()
            gmtime_r(&second, &parts)
            let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
            let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
            func two(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
            made.text =
                "\(days[Int(parts.tm_wday) % 7]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon) % 12]) \(1900 + parts.tm_year) "
                + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
            made.second = second
            return made.text
        }
    }
}
