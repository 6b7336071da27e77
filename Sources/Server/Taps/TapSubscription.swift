import NIOCore
import WorkerLink

/// What one subscriber has been sent and what waits for it. Confined to the subscriber's event loop.
///
/// Every picture that was made for it is sent or counted as skipped, but for those that the rate it asked for leaves out.
final class TapSubscription {
    // What is looked at for each picture stands first, and together: memory that is not at hand costs more than what is done
    // with it. For the same reason the subscriber is not asked where its output is known.

    private var output: DirectOutput?
    /// Number of the newest frame that was taken.
    private(set) var newest: UInt64 = 0
    /// Ordinal of the newest picture that was offered.
    private var ordinal: UInt64
    /// At most one picture waits; a newer one takes its place.
    private var pending: SharedFrame?
    /// Pictures handed to the socket since somebody asked last, by whom this is set to 0.
    var taken = 0
    let kind: ViewerKind
    private let form: SharedFrame.Form
    private let isLimited: Bool
    private var subscriber: (any TapSubscriber)?
    /// Frames per second, at most; nil means every frame.
    let fps: Double?
    private var limit = RateLimit()
    /// Capture times of the newest frame offered, and of the newest that was due.
    private var lastOffered: Int64?
    private var lastDue: Int64?
    private let numbers: ViewerNumbers
    /// What it is shown, which may be larger than what it asked for.
    let variant: Variant

    /// - Parameter ordinal: of the variant's newest picture: those that come are counted from there.
    init(
        subscriber: any TapSubscriber, variant: Variant, fps: Double?, after ordinal: UInt64, numbers: ViewerNumbers
    ) {
        self.subscriber = subscriber
        self.variant = variant
        self.fps = fps
        self.ordinal = ordinal
        self.numbers = numbers
        kind = subscriber.kind
        isLimited = fps != nil
        let direct = subscriber.direct
        (output, form) = (direct?.output, direct?.form ?? .binary)
    }

    /// The next picture of its variant, or one after it.
    func offer(_ delivery: inout Delivery, _ tally: inout ViewerTally) {
        if output == nil { subscriber?.listen() }
        // It may have said that it wants no more.
        guard output != nil || subscriber != nil, delivery.sequence > newest, delivery.ordinal > ordinal else { return }
        var missed = Int(delivery.ordinal - ordinal) - 1
        ordinal = delivery.ordinal
        // The worker thins to the highest rate asked; thinning once more for that viewer would lose frames.
        if isLimited, let fps, delivery.rate.map({ fps < $0 }) ?? true {
            guard isDue(delivery.captured) else { return }
            missed = min(missed, passedOver(until: delivery.captured, fps))
            lastDue = delivery.captured
        }
        newest = delivery.sequence
        if pending != nil {
            pending = nil
            missed += 1
        }
        if missed > 0 { tally.skipped(missed, kind) }
        guard let bytes = send(&delivery) else {
            pending = delivery.frame
            return
        }
        taken += 1
        if bytes > 0 { tally.sent(bytes, kind) } else { tally.skipped(1, kind) }
    }

    /// - Returns: bytes of the message; nil where the socket is not ready.
    private func send(_ delivery: inout Delivery) -> Int? {
        guard let output else {
            guard let subscriber, subscriber.isReady else { return nil }
            return subscriber.send(&delivery)
        }
        guard output.isFree else { return nil }
        delivery.take(form)
        output.send(delivery.message)
        return delivery.message.readableBytes
    }

    /// The newest there is to somebody who arrives, whatever variant it is of.
    func begin(with frame: SharedFrame) {
        newest = frame.sequence
        pending = frame
        resume()
    }

    private func isDue(_ captured: Int64) -> Bool {
        defer { lastOffered = captured }
        let interval = lastOffered.map { captured &- $0 }
        return limit.takes(captured, rate: fps, sourceInterval: interval)
    }

    /// How many times a picture was due and none was offered.
    private func passedOver(until captured: Int64, _ fps: Double) -> Int {
        guard let lastDue else { return 0 }
        let times = (Double(captured &- lastDue) * fps / 1e9).rounded(.down)
        return times > 1 ? Int(min(times, 1e9)) - 1 : 0
    }

    /// The subscriber has become ready again.
    func resume() {
        if pending != nil, subscriber?.isReady == true { flush() }
    }

    /// Sends the picture that waits, ready or not.
    func flush() {
        guard let subscriber, let frame = pending else { return }
        pending = nil
        var delivery = Delivery(frame)
        let bytes = subscriber.send(&delivery)
        taken += 1
        if bytes > 0 {
            numbers.sent(bytes, kind, age: CaptureTime.age(frame.captured))
        } else {
            numbers.skipped(1, kind)
        }
    }

    /// The viewer leaves.
    ///
    /// - Parameter last: ordinal of the variant's newest picture: what was made for the viewer, and not handed to it yet, it
    ///   has missed.
    func leave(after last: UInt64) {
        guard subscriber != nil else { return }
        if fps == nil, last > ordinal { numbers.skipped(Int(last - ordinal), kind) }
        close()
    }

    /// Nothing more is offered; what waits will not be sent.
    func close() {
        if pending != nil { numbers.skipped(1, kind) }
        (pending, subscriber, output) = (nil, nil, nil)
    }

    func stateChanged(_ change: InstanceStateChange) { subscriber?.stateChanged(change) }

    func codingChanged() { subscriber?.codingChanged() }

    /// Tells the subscriber, who may flush what waits first.
    func end(_ reason: FailureReason) {
        subscriber?.ended(reason)
        close()
    }
}

@available(*, unavailable)
extension TapSubscription: Sendable {}
