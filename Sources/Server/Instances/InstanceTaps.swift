import NIOCore
import Synchronization
import WorkerLink

/// The taps of one instance: makes their feeds, registers them, and gathers what their viewers want for the worker.
///
/// It outlives workers, and over a PUT the instance itself, so that viewers stay. Safe from any thread.
final class InstanceTaps: Sendable {
    private struct State {
        /// In the order of the worker's plan.
        var feeds: [TapFeed] = []
        /// Where the complete demand goes while a worker listens.
        var link: WorkerLinkOutput?
        var isScheduled = false
        var generation: UInt64 = 0
        var hasEnded = false
        /// Told that somebody may look now, or nobody any more.
        var demandListener: (@Sendable () -> Void)?
    }

    let instance: String
    private let registry: StreamTapRegistry
    private let events: StateEvents
    private let state = Mutex(State())

    init(instance: String, registry: StreamTapRegistry, events: StateEvents) {
        self.instance = instance
        self.registry = registry
        self.events = events
    }

    /// Ids in the order of the plan.
    var ids: [String] { state.withLock { $0.feeds.map(\.tap) } }

    /// Whether viewers were told that no frame will come any more.
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Makes the feeds be those of `taps`: a tap that stays keeps its feed and viewers, one that is gone is ended.
    ///
    /// - Parameter isCompiled: a worker has said what they are.
    func adopt(_ taps: [CompiledTap], isCompiled: Bool = false) {
        let (feeds, gone) = state.withLock { state in
            var old = Dictionary(state.feeds.map { ($0.tap, $0) }, uniquingKeysWith: { first, _ in first })
            let feeds = taps.map { tap in
                if let feed = old.removeValue(forKey: tap.id) {
                    feed.adopt(tap, isCompiled: isCompiled)
                    return feed
                }
                let feed = TapFeed(
                    instance: instance, tap: tap, viewersChanged: { [instance, events] in events.touch(instance) }
                ) { [weak self] in self?.demandChanged() }
                feed.adopt(tap, isCompiled: isCompiled)
                return feed
            }
            state.feeds = feeds
            return (feeds, Array(old.values))
        }
        registry.register(feeds, instance: instance)
        for feed in gone { feed.end(.stopRequested) }
    }

    /// Their camera is left alone while nobody looks, or is not.
    func adopt(isOnDemand: Bool) {
        for feed in feeds { feed.isOnDemand = isOnDemand }
    }

    // MARK: What a worker says

    /// A frame of one of the taps that were adopted last.
    func publish(_ frame: ReceivedFrame) {
        let feed = state.withLock { $0.feeds.indices.contains(frame.header.tap) ? $0.feeds[frame.header.tap] : nil }
        feed?.publish(frame)
    }

    /// A unit of the video of one of those taps.
    func publish(_ unit: ReceivedUnit) {
        let feed = state.withLock { $0.feeds.indices.contains(unit.header.tap) ? $0.feeds[unit.header.tap] : nil }
        feed?.video.publish(unit)
    }

    /// The counters of a worker's taps.
    func update(_ taps: [TapProgress]) {
        let feeds = feeds
        for tap in taps { feeds.first { $0.tap == tap.tap }?.update(tap) }
    }

    // MARK: Demand

    /// A worker listens from now on; it gets the complete demand at once.
    func attach(_ link: WorkerLinkOutput) {
        state.withLock {
            $0.link = link
            $0.isScheduled = false
        }
        demandChanged()
    }

    func detach() {
        let feeds = state.withLock { state in
            state.link = nil
            return state.feeds
        }
        for feed in feeds { feed.video.detach() }
    }

    /// Somebody looks at one of them.
    var isWanted: Bool { feeds.contains { $0.video.isWanted || !$0.wanted.isEmpty } }

    /// - Parameter listener: told, on any thread, when `isWanted` may be another; nil: nobody any more.
    func hearDemand(_ listener: (@Sendable () -> Void)?) { state.withLock { $0.demandListener = listener } }

    /// Changes within one turn of the event loop become one message.
    private func demandChanged() {
        let (link, listener) = state.withLock { state -> (WorkerLinkOutput?, (@Sendable () -> Void)?) in
            guard let link = state.link, !state.isScheduled else { return (nil, state.demandListener) }
            state.isScheduled = true
            return (link, state.demandListener)
        }
        listener?()
        guard let link else { return }
        link.eventLoop.execute {
            guard let demand = self.takeDemand() else { return }
            link.send(.demand(demand))
        }
    }

    private func takeDemand() -> Demand? {
        let taken = state.withLock { state -> ([TapFeed], UInt64)? in
            guard state.link != nil else { return nil }
            // Before the feeds are asked: what changes after that schedules the next message.
            state.isScheduled = false
            state.generation += 1
            return (state.feeds, state.generation)
        }
        guard let (feeds, generation) = taken else { return nil }
        return Demand(
            generation: generation, wanted: feeds.flatMap(\.wanted),
            units: feeds.filter { $0.video.takeDemand() }.map(\.tap))
    }

    // MARK: What viewers are told

    func attemptStarted() {
        for feed in feeds { feed.attemptStarted() }
    }

    /// - Parameter exception: what is to be told at a tap instead of the instance's state; nil: that.
    func instanceChanged(
        to state: InstanceState, reason: FailureReason?, message: String?,
        except exception: (String) -> InstanceStateChange? = { _ in nil }
    ) {
        for feed in feeds {
            let change =
                exception(feed.tap) ?? InstanceStateChange(state: state, reason: reason, message: message)
            feed.instanceChanged(to: change.state, reason: change.reason, message: change.message)
        }
    }

    /// No frame will come any more; the newest pictures are still served.
    func end(_ reason: FailureReason) {
        let feeds = state.withLock { state -> [TapFeed] in
            defer { state.hasEnded = true }
            return state.hasEnded ? [] : state.feeds
        }
        for feed in feeds { feed.end(reason) }
    }

    func unregister() {
        registry.unregister(instance: instance)
    }

    private var feeds: [TapFeed] { state.withLock { $0.feeds } }
}
