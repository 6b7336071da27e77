import NIOCore
import Synchronization
import WorkerLink

/// The viewers' side of one tap of one instance. It outlives workers: over a restart viewers stay subscribed.
///
/// The instance's side may call from any thread; viewers stay on their event loops.
final class TapFeed: Sendable {
    let instance: String
    let tap: String
    private struct Plan {
        /// As in the plan that runs now.
        var tap: CompiledTap
        /// A worker has said so: until then nobody knows what comes there.
        var isCompiled = false
    }
    private let plan: Mutex<Plan>
    private let created = MonotonicClock.now()
    let state = Mutex(TapFeedState())
    /// What viewers got and missed.
    let viewerNumbers = ViewerNumbers()
    let viewersChanged: @Sendable () -> Void
    let demandChanged: @Sendable () -> Void
    /// The tap's video as its camera sends it, where it stands at such.
    let video: VideoFeed

    /// Both are called on any thread and with no lock held.
    ///
    /// - Parameters:
    ///   - viewersChanged: there is one more, or one less.
    ///   - demandChanged: `wanted` has changed.
    init(
        instance: String, tap: CompiledTap, viewersChanged: @escaping @Sendable () -> Void = {},
        demandChanged: @escaping @Sendable () -> Void
    ) {
        self.instance = instance
        self.tap = tap.id
        self.plan = Mutex(Plan(tap: tap))
        self.viewersChanged = viewersChanged
        self.demandChanged = demandChanged
        video = VideoFeed(demandChanged: demandChanged)
    }

    /// Tells this feed's numbers from those of one before it under the same names.
    var createdTag: String { String(created, radix: 36) }

    /// Node id.
    var attachPoint: String { plan.withLock(\.tap.attachPoint) }

    /// What the plan asks for where a viewer asks for nothing.
    var defaults: Variant { plan.withLock(\.tap.defaults) }

    /// The plan's highest rate, frames per second.
    var highestRate: Double? { plan.withLock(\.tap.fps) }

    /// How the video there is coded; nil: there are pictures.
    var coding: VideoCoding? { plan.withLock(\.tap.coding) }

    /// Whether a worker has said what comes there.
    var isCompiled: Bool { plan.withLock(\.isCompiled) }

    /// Another plan has this tap, too. Viewers stay with what they were given; those who come get what it asks for.
    ///
    /// - Parameter isCompiled: a worker says so. Before one does, it is taken for coded as it was.
    func adopt(_ tap: CompiledTap, isCompiled: Bool) {
        let changed = plan.withLock { plan in
            let before = plan
            plan.tap = tap
            if isCompiled { plan.isCompiled = true } else { plan.tap.coding = before.tap.coding }
            return plan.tap.coding != before.tap.coding || plan.isCompiled != before.isCompiled
        }
        guard changed else { return }
        for lane in state.withLock(\.allLanes) { lane.codingChanged() }
        video.codingChanged()
    }

    /// Its camera is left alone while nobody looks.
    var isOnDemand: Bool {
        get { state.withLock(\.isOnDemand) }
        set { state.withLock { $0.isOnDemand = newValue } }
    }

    /// Where its instance is in its life.
    var instanceState: InstanceStateChange { state.withLock(\.instance) }

    /// What viewers want of this tap just now.
    var wanted: [WantedVariant] { state.withLock(\.wanted) }

    // MARK: The worker's side

    /// A worker's picture; from the link's event loop.
    func publish(_ frame: ReceivedFrame) {
        let variant = frame.header.variant
        let number = state.withLock { state -> PictureNumber? in
            guard let sequence = state.counters.number(frame.header) else { return nil }
            if variant.content == .picture { state.counters.countPicture() }
            let isNewest = sequence > state.kept[variant]?.sequence ?? 0
            // A worker's last picture may come once more.
            if isNewest { state.variants.record(frame) }
            return PictureNumber(
                sequence: sequence, ordinal: state.ordinal(variant) + 1, rate: state.demand.rate(variant),
                metrics: metrics(state), isNewest: isNewest)
        }
        guard let number else { return }
        // The picture is copied outside the lock; one link publishes one frame after the other.
        let shared = number.isNewest ? SharedFrame(frame, number, instance: instance) : nil
        let (lanes, waiters, differs) = state.withLock { state in
            if let shared { state.keep(shared, defaults: defaults) }
            // Whatever the worker meant it for, it is what those who asked once are waiting for.
            let wasAwaited = state.demand.answered(variant)
            return (
                state.lanes[variant].map { Array($0.values) } ?? [],
                state.takeWaiters(for: variant, answeredBy: number.sequence, once: frame.header.once),
                wasAwaited && state.demandDiffers(tap: tap)
            )
        }
        if let shared { for lane in lanes { lane.offer(shared) } }
        for waiter in waiters { waiter.continuation.resume() }
        if differs { demandChanged() }
    }

    /// A worker's counters for this tap.
    func update(_ progress: TapProgress) {
        state.withLock { $0.counters.update(progress, now: MonotonicClock.now()) }
    }

    /// A new worker begins: its counts and sequence numbers start again at 1, ours go on.
    func attemptStarted() {
        state.withLock { $0.counters.attemptStarted() }
        video.attemptStarted()
    }

    /// Tells viewers of a change of state; the newest picture stays.
    func instanceChanged(to newState: InstanceState, reason: FailureReason?, message: String?) {
        let change = InstanceStateChange(state: newState, reason: reason, message: message)
        let lanes = state.withLock { state -> [LoopLane<LaneViewers>] in
            guard state.instance != change else { return [] }
            state.instance = change
            return state.allLanes
        }
        for lane in lanes { lane.stateChanged(change) }
        video.stateChanged(change)
    }

    /// Sends viewers `end` and close 1000. The newest picture stays until the feed is unregistered.
    func end(_ reason: FailureReason) {
        let (lanes, waiters, differs) = state.withLock { state in
            guard state.ended == nil else { return ([LoopLane<LaneViewers>](), [SnapshotWaiter](), false) }
            state.ended = reason
            state.demand.removeAll()
            defer {
                state.lanes = [:]
                state.waiters = [:]
                state.viewers = 0
            }
            return (state.allLanes, Array(state.waiters.values), state.demandDiffers(tap: tap))
        }
        for lane in lanes { lane.end(reason) }
        for waiter in waiters { waiter.continuation.resume() }
        video.end(reason)
        if differs { demandChanged() }
    }

    // MARK: Numbers

    /// The tap's numbers just now.
    var metrics: TapMetrics { state.withLock { metrics($0) } }

    /// What came of each variant.
    var variantNumbers: VariantNumbers { state.withLock(\.variants) }

    /// What was found so far; nil while no frame had passed a detecting stage.
    var detectionTotals: DetectionTotals? { state.withLock(\.counters.detectionTotals) }

    private func metrics(_ state: borrowing TapFeedState) -> TapMetrics {
        let now = MonotonicClock.now()
        return TapMetrics(
            tapID: tap, attachPoint: attachPoint, frameCount: state.counters.frameCount,
            hasFrame: state.counters.frameCount > 0,
            uptimeSeconds: (Double(now - created) / 1e6).rounded() / 1e3,
            fps: (state.counters.fps(now: now) * 100).rounded() / 100,
            width: state.counters.width, height: state.counters.height, viewers: state.viewers + video.viewers,
            encoded: state.counters.encodedCount, dropped: state.counters.droppedCount,
            skipped: viewerNumbers.skipped, lastFrameAgeMs: state.counters.lastFrameAge(now: now), video: coding?.name,
            levels: TapLevels(
                state.instance.state, isOnDemand: state.isOnDemand,
                isWatched: state.demand.isWanted.anything || video.isWanted,
                isDecoding: state.counters.isDecoding ?? (coding == nil ? nil : false),
                isWanted: state.demand.isWanted),
            detectionCounts: state.counters.detectionCounts)
    }
}
