import Foundation

/// How much of it is done: a short form with every other test, a long one by `make test-faults`.
enum Form {
    static let isLong = ProcessInfo.processInfo.environment["STREAMTAP_FAULTS"] == "long"

    /// Of `make soak`; nil where nothing is to be soaked.
    static let soakSeconds = ProcessInfo.processInfo.environment["STREAMTAP_SOAK"].flatMap { Double($0) }

    static func number(_ short: Int, long: Int) -> Int { isLong ? long : short }

    /// What a time may come to that is `seconds` on a machine that does nothing else.
    static func slack(_ seconds: Double) -> Double { seconds * 2 + (isLong ? 3 : 6) }
}
