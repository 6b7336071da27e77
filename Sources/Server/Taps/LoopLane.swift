import NIOCore
import Synchronization
import WorkerLink

/// The viewers of one variant of a tap on one event loop, and the slot by which its pictures reach that loop.
///
/// The slot holds one picture, the newest: a loop that is busy finds that one and none of those before it.
final class LoopLane: Sendable {
    private struct Slot {
        var newest: SharedFrame?
        /// A turn is on the loop's queue.
        var isScheduled = false
    }

    let loop: any EventLoop
    private let slot = Mutex(Slot())
    private let viewers: NIOLoopBound<LaneViewers>

    /// - Parameters:
    ///   - numbers: of the tap.
    ///   - rateTaken: told, on the loop, the rate that its fastest viewer can take; nil: every picture.
    /// - Precondition: called on `loop`.
    init(on loop: any EventLoop, numbers: ViewerNumbers, rateTaken: @escaping (Double?) -> Void) {
        self.loop = loop
        viewers = NIOLoopBound(LaneViewers(numbers: numbers, rateTaken: rateTaken), eventLoop: loop)
    }

    /// Gives every viewer the picture, unless a newer one comes before it is its turn. From any thread.
    func offer(_ frame: SharedFrame) {
        let isIdle = slot.withLock { slot in
            slot.newest = frame
            defer { slot.isScheduled = true }
            return !slot.isScheduled
        }
        if isIdle { loop.execute { self.turn() } }
    }

    private func turn() {
        let hasMore = viewers.value.serve(takeNewest(), at: MonotonicClock.now())
        let goesOn = slot.withLock { slot in
            slot.isScheduled = hasMore || slot.newest != nil
            return slot.isScheduled
        }
        // Behind whatever else waits for the loop: requests, acknowledgements, other taps.
        if goesOn { loop.execute { self.turn() } }
    }

    private func takeNewest() -> SharedFrame? {
        slot.withLock { slot in
            defer { slot.newest = nil }
            return slot.newest
        }
    }

    // MARK: On the loop

    func add(_ subscription: TapSubscription) { viewers.value.add(subscription) }

    /// - Returns: whether it was there.
    func remove(_ subscription: TapSubscription) -> Bool { viewers.value.remove(subscription) }

    var isEmpty: Bool { viewers.value.isEmpty }

    // MARK: From any thread

    func stateChanged(_ change: InstanceStateChange) {
        loop.execute { self.viewers.value.stateChanged(change) }
    }

    /// The last picture goes first.
    func end(_ reason: FailureReason) {
        loop.execute {
            let viewers = self.viewers.value
            var hasMore = viewers.serve(self.takeNewest(), at: MonotonicClock.now())
            while hasMore { hasMore = viewers.serve(nil, at: MonotonicClock.now()) }
            viewers.end(reason)
        }
    }
}
