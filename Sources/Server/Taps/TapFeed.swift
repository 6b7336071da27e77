import NIOCore
import Synchronization
public import WorkerLink

/// The viewers' side of one tap of one instance. It outlives workers: over a restart viewers stay subscribed.
///
/// The instance's side may call from any thread; viewers stay on their event loops.
public final class TapFeed: Sendable {
    public let instance: String
    public let tap: String
    /// As in the plan that runs now.
    private let plan: Mutex<CompiledTap>
    let created = MonotonicClock.now()
    let state = Mutex(TapFeedState())
    let skipped = Atomic<UInt64>(0)
    let demandChanged: @Sendable () -> Void

    /// - Parameter demandChanged: called, on any thread and with no lock held, when `wanted` has changed.
    public init(instance: String, tap: CompiledTap, demandChanged: @escaping @Sendable () -> Void) {
        self.instance = instance
        self.tap = tap.id
        self.plan = Mutex(tap)
        self.demandChanged = demandChanged
    }

    /// Node id.
    public var attachPoint: String { plan.withLock(\.attachPoint) }

    /// What the plan asks for where a viewer asks for nothing.
    var defaults: Variant { plan.withLock(\.defaults) }

    /// The plan's highest rate, frames per second.
    var highestRate: Double? { plan.withLock(\.fps) }

    /// Another plan has this tap, too. Viewers stay with what they were given; those who come get what it asks for.
    func adopt(_ tap: CompiledTap) {
        plan.withLock { $0 = tap }
    }

    /// What viewers want of this tap just now.
    public var wanted: [WantedVariant] { state.withLock(\.wanted) }

    /// A worker's picture; from the link's event loop.
    public func publish(_ frame: ReceivedFrame) {
        typealias Deliveries = (
            frame: SharedFrame, groups: [ViewerGroup], waiters: [SnapshotWaiter], demandChanged: Bool
        )
        let variant = frame.header.variant
        let numbered = state.withLock { state -> (UInt64, TapMetrics, Double?)? in
            guard let sequence = state.counters.number(frame.header) else { return nil }
            state.counters.countPicture()
            return (sequence, metrics(state), state.demand.rate(variant))
        }
        guard let (sequence, metrics, rate) = numbered else { return }
        // The picture is copied outside the lock; one link publishes one frame after the other.
        let shared = SharedFrame(frame, sequence: sequence, rate: rate, instance: instance, metrics: metrics)
        let deliveries = state.withLock { state -> Deliveries in
            state.keep(shared, defaults: defaults)
            // Whatever the worker meant it for, it is what those who asked once are waiting for.
            state.demand.answered(variant)
            return (
                shared, state.groups.values.filter { $0.counts[variant] != nil },
                state.takeWaiters(answeredBy: shared, once: frame.header.once), state.demandDiffers(tap: tap)
            )
        }
        for group in deliveries.groups { group.run { $0.deliver(shared) } }
        for waiter in deliveries.waiters { waiter.continuation.resume() }
        if deliveries.demandChanged { demandChanged() }
    }

    /// A worker's counters for this tap.
    public func update(_ progress: TapProgress) {
        state.withLock { $0.counters.update(progress, now: MonotonicClock.now()) }
    }

    /// A new worker begins: its counts and sequence numbers start again at 1, ours go on.
    public func attemptStarted() {
        state.withLock { $0.counters.attemptStarted() }
    }

    /// Tells viewers of a change of state; the newest picture stays.
    public func instanceChanged(to newState: InstanceState, reason: FailureReason?, message: String?) {
        let change = StateChange(state: newState, reason: reason, message: message)
        let groups = state.withLock { state -> [ViewerGroup] in
            guard state.instance != change else { return [] }
            state.instance = change
            return Array(state.groups.values)
        }
        for group in groups { group.run { $0.stateChanged(change) } }
    }

    /// Sends viewers `end` and close 1000. The newest picture stays until the feed is unregistered.
    public func end(_ reason: FailureReason) {
        let (groups, waiters, differs) = state.withLock { state in
            guard state.ended == nil else { return ([ViewerGroup](), [SnapshotWaiter](), false) }
            state.ended = reason
            state.demand.removeAll()
            defer {
                state.groups = [:]
                state.waiters = [:]
                state.viewers = 0
            }
            return (Array(state.groups.values), Array(state.waiters.values), state.demandDiffers(tap: tap))
        }
        for group in groups { group.run { $0.end(reason) } }
        for waiter in waiters { waiter.continuation.resume() }
        if differs { demandChanged() }
    }

    /// The tap's numbers just now.
    public var metrics: TapMetrics { state.withLock { metrics($0) } }

    /// What was found so far; nil while no frame had passed a detecting stage.
    var detectionCounts: DetectionCounts? { state.withLock(\.counters.detectionCounts) }

    private func metrics(_ state: borrowing TapFeedState) -> TapMetrics {
        let now = MonotonicClock.now()
        return TapMetrics(
            tapID: tap, attachPoint: attachPoint, frameCount: state.counters.frameCount,
            hasFrame: state.counters.frameCount > 0,
            uptimeSeconds: (Double(now - created) / 1e6).rounded() / 1e3,
            fps: (state.counters.fps(now: now) * 100).rounded() / 100,
            width: state.counters.width, height: state.counters.height, viewers: state.viewers,
            encoded: state.counters.encodedCount, dropped: state.counters.droppedCount,
            skipped: skipped.load(ordering: .relaxed), lastFrameAgeMs: state.counters.lastFrameAge(now: now))
    }
}
