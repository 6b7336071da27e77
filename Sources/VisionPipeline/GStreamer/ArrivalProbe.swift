internal import Synchronization
internal import WorkerLink

/// Tells whether anything has come to some pads, and when it did last.
final class ArrivalProbe: Sendable {
    /// CLOCK_MONOTONIC, nanoseconds; 0 before the first.
    private let newest = Atomic<Int64>(0)

    /// Nil where there are no pads.
    init?(at pads: [ElementPad]) {
        guard !pads.isEmpty else { return nil }
        for pad in pads {
            pad.probe([.buffers, .bufferLists]) { [self] _ in
                newest.store(MonotonicClock.now(), ordering: .relaxed)
                return .pass
            }
        }
    }

    /// CLOCK_MONOTONIC, nanoseconds; nil before the first.
    var last: Int64? {
        let last = newest.load(ordering: .relaxed)
        return last == 0 ? nil : last
    }
}
