import NIOCore
import Synchronization
import WorkerLink

/// The viewers' side of one tap of one instance. It outlives workers: over a restart viewers stay subscribed.
///
/// The instance's side may call from any thread; viewers stay on their event loops.
final class TapFeed: Sendable {
    /// A picture no older than this is worth showing to a viewer who arrives, milliseconds.
    private static let worthShowing = 500
    /// A picture this young is the newest there can be, milliseconds.
    private static let newestThereCanBe = 50
    /// How long a request for one picture waits for the worker.
    private static let snapshotDeadline = Duration.seconds(1)

    let instance: String
    let tap: String
    /// As in the plan that runs now.
    private let plan: Mutex<CompiledTap>
    private let created = MonotonicClock.now()
    let state = Mutex(TapFeedState())
    private let skipped = Atomic<UInt64>(0)
    private let demandChanged: @Sendable () -> Void

    /// - Parameter demandChanged: called, on any thread and with no lock held, when `wanted` has changed.
    init(instance: String, tap: CompiledTap, demandChanged: @escaping @Sendable () -> Void) {
        self.instance = instance
        self.tap = tap.id
        self.plan = Mutex(tap)
        self.demandChanged = demandChanged
    }

    /// Node id.
    var attachPoint: String { plan.withLock(\.attachPoint) }

    /// What the plan asks for where a viewer asks for nothing.
    var defaults: Variant { plan.withLock(\.defaults) }

    /// The plan's highest rate, frames per second.
    private var highestRate: Double? { plan.withLock(\.fps) }

    /// Another plan has this tap, too. Viewers stay with what they were given; those who come get what it asks for.
    func adopt(_ tap: CompiledTap) {
        plan.withLock { $0 = tap }
    }

    /// What viewers want of this tap just now.
    var wanted: [WantedVariant] { state.withLock(\.wanted) }

    // MARK: The worker's side

    /// A worker's picture; from the link's event loop.
    func publish(_ frame: ReceivedFrame) {
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
    func update(_ progress: TapProgress) {
        state.withLock { $0.counters.update(progress, now: MonotonicClock.now()) }
    }

    /// A new worker begins: its counts and sequence numbers start again at 1, ours go on.
    func attemptStarted() {
        state.withLock { $0.counters.attemptStarted() }
    }

    /// Tells viewers of a change of state; the newest picture stays.
    func instanceChanged(to newState: InstanceState, reason: FailureReason?, message: String?) {
        let change = InstanceStateChange(state: newState, reason: reason, message: message)
        let groups = state.withLock { state -> [ViewerGroup] in
            guard state.instance != change else { return [] }
            state.instance = change
            return Array(state.groups.values)
        }
        for group in groups { group.run { $0.stateChanged(change) } }
    }

    /// Sends viewers `end` and close 1000. The newest picture stays until the feed is unregistered.
    func end(_ reason: FailureReason) {
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

    // MARK: Viewers

    /// Fills in what the plan asks for where the viewer asks for nothing.
    func resolve(_ variant: Variant) -> Variant {
        var resolved = variant
        if variant.width == nil, variant.height == nil {
            (resolved.width, resolved.height) = (defaults.width, defaults.height)
        }
        resolved.quality = variant.quality ?? defaults.quality
        return resolved
    }

    /// Adds a viewer, who gets the newest picture at once.
    ///
    /// - Precondition: called on `loop`, the viewer's own.
    func subscribe(
        _ viewer: any TapSubscriber, variant: Variant, fps: Double?, on loop: any EventLoop
    ) -> TapSubscription {
        let variant = resolve(variant)
        let rate = [fps, highestRate].compactMap(\.self).min()
        let subscription = TapSubscription(subscriber: viewer, variant: variant, fps: rate) { [weak self] count in
            self?.skipped.wrappingAdd(UInt64(count), ordering: .relaxed)
        }
        var differs = false
        let (group, newest, instance, ended) = state.withLock { state in
            var newest = state.newest(for: variant, defaults: defaults)
            guard state.ended == nil else { return (ViewerGroup?.none, newest, state.instance, state.ended) }
            state.viewers += 1
            state.demand.add(variant, fps: rate)
            let isFresh = newest.map {
                $0.variant == variant && CaptureTime.ageMilliseconds($0.captured) <= Self.worthShowing
            }
            if state.instance.state == .running, isFresh != true {
                _ = state.demand.requestOnce(variant)
                newest = nil
            }
            differs = state.demandDiffers(tap: tap)
            var group = state.groups[ObjectIdentifier(loop)] ?? ViewerGroup(on: loop)
            group.counts[variant, default: 0] += 1
            state.groups[ObjectIdentifier(loop)] = group
            return (group, newest, state.instance, nil)
        }
        group?.viewers.value.add(subscription)
        if let newest { subscription.offer(newest) }
        if let ended {
            // It is the last one there is: it goes first, whether the socket is free or not.
            subscription.flush()
            viewer.ended(ended)
        } else if instance.state != .running {
            viewer.stateChanged(instance)
        }
        if differs { demandChanged() }
        return subscription
    }

    /// Removes a viewer; harmless when it is gone already.
    ///
    /// - Precondition: called on `loop`, the viewer's own.
    func unsubscribe(_ subscription: TapSubscription, on loop: any EventLoop) {
        let (group, differs) = state.withLock { state in
            guard state.ended == nil, var group = state.groups[ObjectIdentifier(loop)],
                let count = group.counts[subscription.variant]
            else { return (ViewerGroup?.none, false) }
            group.counts[subscription.variant] = count > 1 ? count - 1 : nil
            state.groups[ObjectIdentifier(loop)] = group.counts.isEmpty ? nil : group
            state.viewers -= 1
            state.demand.remove(subscription.variant, fps: subscription.fps)
            state.forgetRequests(for: subscription.variant)
            return (group, state.demandDiffers(tap: tap))
        }
        group?.viewers.value.remove(subscription)
        if differs { demandChanged() }
    }

    // MARK: One picture

    /// The newest picture: made now when a worker can make it, else the last one there was.
    ///
    /// Requests for the same variant that come while one is under way share its encode.
    /// - Throws: `no_picture` when there never was a picture.
    func snapshot(_ variant: Variant) async throws(ServiceError) -> SharedFrame {
        let variant = resolve(variant)
        if let fresh = freshPicture(variant) { return fresh }
        await nextPicture(variant)
        let (newest, instance) = state.withLock { ($0.newest(for: variant, defaults: defaults), $0.instance) }
        guard let newest else { throw .noPicture(tap: tap, instance: self.instance, state: instance) }
        return newest
    }

    private func freshPicture(_ variant: Variant) -> SharedFrame? {
        state.withLock { state in
            guard let newest = state.kept[variant],
                CaptureTime.ageMilliseconds(newest.captured) <= Self.newestThereCanBe
            else { return nil }
            return newest
        }
    }

    /// Waits for a picture of this variant, or until it is certain or likely that none will come.
    private func nextPicture(_ variant: Variant) async {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        async let _ = expire(id)
        await withCheckedContinuation { continuation in
            let (isWaiting, differs) = state.withLock { state in
                guard state.ended == nil, [.starting, .running, .stalled].contains(state.instance.state) else {
                    return (false, false)
                }
                state.waiters[id] = SnapshotWaiter(
                    variant: variant, once: state.demand.requestOnce(variant),
                    after: state.kept[variant]?.sequence ?? 0, continuation: continuation)
                return (true, state.demandDiffers(tap: tap))
            }
            if differs { demandChanged() }
            if !isWaiting { continuation.resume() }
        }
        // Leaving this scope cancels the deadline and waits for it: it may be late, never lost.
    }

    /// Ends a wait that has taken too long; runs until it is cancelled.
    private func expire(_ id: UInt64) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.snapshotDeadline)
            let (waiter, differs) = state.withLock { state -> (SnapshotWaiter?, Bool) in
                guard let waiter = state.waiters.removeValue(forKey: id) else { return (nil, false) }
                state.forgetRequests(for: waiter.variant)
                return (waiter, state.demandDiffers(tap: tap))
            }
            waiter?.continuation.resume()
            if differs { demandChanged() }
        }
    }

    // MARK: Numbers

    /// The tap's numbers just now.
    var metrics: TapMetrics { state.withLock { metrics($0) } }

    /// What was found so far; nil while no frame had passed a detecting stage.
    var detectionTotals: DetectionTotals? { state.withLock(\.counters.detectionTotals) }

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
