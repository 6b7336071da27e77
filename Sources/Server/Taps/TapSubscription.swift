import WorkerLink

/// One who watches a tap. Everything here happens on its event loop.
protocol TapSubscriber: AnyObject {
    /// Whether a picture sent now would leave at once.
    var isReady: Bool { get }
    func send(_ frame: SharedFrame)
    func stateChanged(_ change: InstanceStateChange)
    /// Nothing more will come.
    func ended(_ reason: FailureReason)
}

/// What one subscriber has been sent and what waits for it. Confined to the subscriber's event loop.
final class TapSubscription {
    let variant: Variant
    /// Frames per second, at most; nil means every frame.
    let fps: Double?
    private(set) weak var subscriber: (any TapSubscriber)?
    private var limit = RateLimit()
    /// Capture time of the newest frame offered.
    private var lastOffered: Int64?
    private var newest: UInt64 = 0
    /// At most one picture waits; a newer one takes its place.
    private var pending: SharedFrame?
    private let skipped: (Int) -> Void

    init(subscriber: any TapSubscriber, variant: Variant, fps: Double?, skipped: @escaping (Int) -> Void) {
        self.subscriber = subscriber
        self.variant = variant
        self.fps = fps
        self.skipped = skipped
    }

    func offer(_ frame: SharedFrame) {
        guard let subscriber, frame.sequence > newest else { return }
        // The worker thins to the highest rate asked; thinning once more for that viewer would lose frames.
        let isThinned = fps.map { fps in frame.rate.map { fps < $0 } ?? true } ?? false
        if isThinned, !isDue(frame) { return }
        newest = frame.sequence
        if subscriber.isReady {
            subscriber.send(frame)
        } else {
            if pending != nil { skipped(1) }
            pending = frame
        }
    }

    private func isDue(_ frame: SharedFrame) -> Bool {
        defer { lastOffered = frame.captured }
        let interval = lastOffered.map { frame.captured &- $0 }
        return limit.takes(frame.captured, rate: fps, sourceInterval: interval)
    }

    /// The subscriber has become ready again.
    func resume() {
        if subscriber?.isReady == true { flush() }
    }

    /// Sends the picture that waits, ready or not.
    func flush() {
        guard let subscriber, let frame = pending else { return }
        pending = nil
        subscriber.send(frame)
    }
}

@available(*, unavailable)
extension TapSubscription: Sendable {}
