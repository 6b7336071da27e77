internal import Synchronization
internal import WorkerLink

/// Tells whether anything has come to some pads, when it did last, and how fast.
final class ArrivalProbe: Sendable {
    private let meter = Mutex(ArrivalMeter())
    /// What comes has the source's own pace; else a muxer's pieces, say, which come far apart.
    let isPaced: Bool

    /// Nil where there are no pads.
    init?(at pads: [ElementPad], isPaced: Bool = false) {
        guard !pads.isEmpty else { return nil }
        self.isPaced = isPaced
        for pad in pads {
            pad.probe([.buffers, .bufferLists]) { [self] _ in
                meter.withLock { _ = $0.note(MonotonicClock.now()) }
                return .pass
            }
        }
    }

    /// CLOCK_MONOTONIC, nanoseconds; nil before the first.
    var last: Int64? { meter.withLock(\.last) }

    /// What has come so far, and at which pace.
    var known: ArrivalMeter { meter.withLock(\.self) }
}
