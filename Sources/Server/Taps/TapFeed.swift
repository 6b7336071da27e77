public import WorkerLink

/// The viewers' side of one tap of one instance. It outlives workers: over a restart viewers stay subscribed.
public final class TapFeed: Sendable {
    public let instance: String
    public let tap: String
    /// Node id.
    public let attachPoint: String

    /// - Parameter demandChanged: called, on any thread and with no lock held, when `wanted` has changed.
    public init(instance: String, tap: CompiledTap, demandChanged: @escaping @Sendable () -> Void) {
        self.instance = instance
        self.tap = tap.id
        self.attachPoint = tap.attachPoint
    }

    // MARK: The instance's side

    /// What viewers want of this tap just now.
    public var wanted: [WantedVariant] { [] }

    /// A worker's picture; from the link's event loop.
    public func publish(_ frame: ReceivedFrame) {}

    /// A worker's counters for this tap.
    public func update(_ progress: TapProgress) {}

    /// A new worker begins: its counts and sequence numbers start again at 1, ours go on.
    public func attemptStarted() {}

    /// Tells viewers of a change of state; the newest picture stays.
    public func instanceChanged(to state: InstanceState, reason: FailureReason?, message: String?) {}

    /// Sends viewers `end` and close 1000. The newest picture stays until the feed is unregistered.
    public func end(_ reason: FailureReason) {}
}
