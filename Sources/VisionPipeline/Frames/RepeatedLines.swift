/// Holds back lines of a log that say the same over and over: a damaged stream has something to complain of in each picture.
///
/// Lines are alike that differ in their numbers only. The first few come at once, later ones now and then, and say how many
/// there were.
struct RepeatedLines {
    /// Lines of a kind that come at once.
    private static let burst = 3
    /// After the burst, one in this time; nanoseconds.
    private static let pause: Int64 = 10_000_000_000
    private static let mostKinds = 64

    private struct Kind {
        var count = 0
        /// When one of them was last written.
        var written: Int64
        /// Since then.
        var heldBack = 0
    }

    private var kinds: [String: Kind] = [:]

    /// - Parameter now: CLOCK_MONOTONIC, nanoseconds.
    /// - Returns: what to write; nil: nothing.
    mutating func admit(_ line: String, at now: Int64) -> String? {
        let key = line.filter { !$0.isNumber }
        if kinds[key] == nil, kinds.count >= Self.mostKinds {
            // What has said nothing for long is new again when it comes.
            if let oldest = kinds.min(by: { $0.value.written < $1.value.written })?.key { kinds[oldest] = nil }
        }
        var kind = kinds[key] ?? Kind(written: now)
        defer { kinds[key] = kind }
        kind.count += 1
        guard kind.count <= Self.burst || now &- kind.written >= Self.pause else {
            kind.heldBack += 1
            return nil
        }
        let more = kind.heldBack
        (kind.written, kind.heldBack) = (now, 0)
        return more == 0 ? line : "\(line) (and \(more) more like it)"
    }
}
