internal import Synchronization

/// What went into a branch: written by streaming threads, read by whoever reports.
final class InletCounts: Sendable {
    private let offered = Atomic<UInt64>(0)
    private let passed = Atomic<UInt64>(0)
    private let refused = Atomic<UInt64>(0)
    private let highest = Atomic<UInt64>(0)

    func offer() { offered.add(1, ordering: .relaxed) }
    /// The branch was not running.
    func refuse() { refused.add(1, ordering: .relaxed) }
    /// A frame has left the inlet's queue for the branch's first element.
    func pass() { passed.add(1, ordering: .relaxed) }

    var frames: UInt64 { passed.load(ordering: .relaxed) }

    /// - Parameter waiting: frames in the queue now, which are not lost.
    func lost(waiting: UInt64) -> UInt64 {
        let offered = offered.load(ordering: .relaxed)
        // One more may be between queue and pad.
        let accounted = passed.load(ordering: .relaxed) + waiting + 1
        let lost = max(offered > accounted ? offered - accounted : 0, refused.load(ordering: .relaxed))
        highest.max(lost, ordering: .relaxed)
        return highest.load(ordering: .relaxed)
    }
}
