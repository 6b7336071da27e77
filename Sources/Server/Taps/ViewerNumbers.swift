import Synchronization
import WorkerLink

/// What one kind of viewers of a tap were sent, and what they missed.
struct ViewerTotals: Sendable, Hashable {
    /// Pictures handed to sockets.
    var sent: UInt64 = 0
    /// Pictures that were made for a viewer and not sent, since a newer one was there first.
    var skipped: UInt64 = 0
    /// Bytes of the messages that were sent, those with a picture once more among them.
    var bytes: UInt64 = 0
    /// From capture to sending.
    var ages = DurationHistogram(.ages)
}

/// A tap's totals by `ViewerKind`. Safe from any thread.
final class ViewerNumbers: Sendable {
    private let totals = Mutex([ViewerTotals](repeating: ViewerTotals(), count: ViewerKind.allCases.count))

    subscript(kind: ViewerKind) -> ViewerTotals { totals.withLock { $0[kind.rawValue] } }

    /// By kind; what a kind without viewers was sent is nothing.
    var all: [(kind: ViewerKind, totals: ViewerTotals)] {
        let totals = totals.withLock { $0 }
        return ViewerKind.allCases.map { ($0, totals[$0.rawValue]) }
    }

    /// Of all kinds.
    var skipped: UInt64 { totals.withLock { $0.reduce(0) { $0 &+ $1.skipped } } }

    /// - Parameter age: nanoseconds since capture; nil for what only leads to the newest picture.
    func sent(_ bytes: Int, _ kind: ViewerKind, age: Int64?) {
        totals.withLock { totals in
            totals[kind.rawValue].sent &+= 1
            totals[kind.rawValue].bytes &+= UInt64(clamping: bytes)
            if let age { totals[kind.rawValue].ages.record(age) }
        }
    }

    /// A picture that was sent before, and counted.
    func repeated(_ bytes: Int, _ kind: ViewerKind) {
        totals.withLock { $0[kind.rawValue].bytes &+= UInt64(clamping: bytes) }
    }

    func skipped(_ count: Int, _ kind: ViewerKind) {
        totals.withLock { $0[kind.rawValue].skipped &+= UInt64(clamping: count) }
    }

    /// Takes what a turn has tallied, and clears it.
    ///
    /// - Parameter age: of the picture that was sent, nanoseconds.
    func take(_ tally: inout ViewerTally, age: Int64) {
        totals.withLock { totals in
            for kind in totals.indices {
                let count = tally.kinds[kind]
                guard count != ViewerTally.Count() else { continue }
                totals[kind].sent &+= count.sent
                totals[kind].skipped &+= count.skipped
                totals[kind].bytes &+= count.bytes
                totals[kind].ages.record(age, times: count.sent)
                tally.kinds[kind] = ViewerTally.Count()
            }
        }
    }
}

/// What was sent and skipped in one turn of a loop, so that the totals are locked once for all its viewers.
struct ViewerTally {
    struct Count: Hashable {
        var sent: UInt64 = 0
        var skipped: UInt64 = 0
        var bytes: UInt64 = 0
    }

    /// By `ViewerKind`.
    fileprivate(set) var kinds = [Count](repeating: Count(), count: ViewerKind.allCases.count)

    mutating func sent(_ bytes: Int, _ kind: ViewerKind) {
        kinds[kind.rawValue].sent &+= 1
        kinds[kind.rawValue].bytes &+= UInt64(clamping: bytes)
    }

    mutating func skipped(_ count: Int, _ kind: ViewerKind) {
        kinds[kind.rawValue].skipped &+= UInt64(clamping: count)
    }
}
