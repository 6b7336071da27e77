import NIOCore
import WorkerLink

/// One event loop's viewers of one tap: a frame makes one hop to the loop, then this is a plain loop.
final class LoopViewers {
    private var subscriptions: [Variant: [TapSubscription]] = [:]

    func add(_ subscription: TapSubscription) {
        subscriptions[subscription.variant, default: []].append(subscription)
    }

    func remove(_ subscription: TapSubscription) {
        subscriptions[subscription.variant]?.removeAll { $0 === subscription }
    }

    func deliver(_ frame: SharedFrame) {
        guard let watching = subscriptions[frame.variant] else { return }
        for subscription in watching { subscription.offer(frame) }
    }

    func stateChanged(_ change: InstanceStateChange) {
        for subscription in subscriptions.values.joined() { subscription.subscriber?.stateChanged(change) }
    }

    func end(_ reason: FailureReason) {
        let all = subscriptions.values.flatMap(\.self)
        subscriptions = [:]
        for subscription in all { subscription.subscriber?.ended(reason) }
    }
}

@available(*, unavailable)
extension LoopViewers: Sendable {}

/// An event loop with viewers, as seen from outside it.
struct ViewerGroup: Sendable {
    let loop: any EventLoop
    let viewers: NIOLoopBound<LoopViewers>
    /// Viewers by variant: a loop is not woken for a picture that nobody there watches.
    var counts: [Variant: Int] = [:]

    /// - Precondition: called on `loop`.
    init(on loop: any EventLoop) {
        self.loop = loop
        viewers = NIOLoopBound(LoopViewers(), eventLoop: loop)
    }

    func run(_ body: @escaping @Sendable (LoopViewers) -> Void) {
        loop.execute { [viewers] in body(viewers.value) }
    }
}
