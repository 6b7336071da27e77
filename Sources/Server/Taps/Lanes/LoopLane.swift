import NIOCore
import Synchronization
import WorkerLink

/// Those who watch the same on one event loop, and the slot by which it reaches that loop.
///
/// The slot holds one item, the newest: a loop that is busy finds that one and none of those before it.
final class LoopLane<Audience: LaneAudience>: Sendable {
    private struct Slot {
        var newest: Audience.Item?
        /// A turn is on the loop's queue.
        var isScheduled = false
    }

    let loop: any EventLoop
    private let slot = Mutex(Slot())
    private let bound: NIOLoopBound<Audience>

    /// - Precondition: called on `loop`.
    init(_ audience: Audience, on loop: any EventLoop) {
        self.loop = loop
        bound = NIOLoopBound(audience, eventLoop: loop)
    }

    /// Gives everybody the item, unless a newer one comes before it is its turn. From any thread.
    func offer(_ item: Audience.Item) {
        let isIdle = slot.withLock { slot in
            slot.newest = item
            defer { slot.isScheduled = true }
            return !slot.isScheduled
        }
        if isIdle { loop.execute { self.turn() } }
    }

    private func turn() {
        let hasMore = audience.serve(takeNewest(), at: MonotonicClock.now())
        let goesOn = slot.withLock { slot in
            slot.isScheduled = hasMore || slot.newest != nil
            return slot.isScheduled
        }
        // Behind whatever else waits for the loop: requests, acknowledgements, other taps.
        if goesOn { loop.execute { self.turn() } }
    }

    private func takeNewest() -> Audience.Item? {
        slot.withLock { slot in
            defer { slot.newest = nil }
            return slot.newest
        }
    }

    /// - Precondition: called on `loop`.
    var audience: Audience { bound.value }

    // MARK: From any thread

    func stateChanged(_ change: InstanceStateChange) {
        loop.execute { self.audience.stateChanged(change) }
    }

    func codingChanged() {
        loop.execute { self.audience.codingChanged() }
    }

    /// What came last goes first.
    func end(_ reason: FailureReason) {
        loop.execute {
            var hasMore = self.audience.serve(self.takeNewest(), at: MonotonicClock.now())
            while hasMore { hasMore = self.audience.serve(nil, at: MonotonicClock.now()) }
            self.audience.end(reason)
        }
    }
}
