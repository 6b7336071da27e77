import NIOCore
import WorkerLink

/// Where one viewer of a video is in it. Confined to the viewer's event loop.
///
/// The chain is never broken: whoever is too far behind misses all up to a keyframe.
final class VideoSubscription {
    /// What is older, a live viewer is spared where there is a keyframe behind it, nanoseconds.
    static let livePatience: Int64 = 1_000_000_000

    // What is looked at for each unit stands first, and together: memory that is not at hand costs more than what is done with it.

    private var output: DirectOutput?
    /// Ordinal of the unit that was sent last; nil: none yet.
    private var newest: UInt64?
    private var subscriber: (any VideoSubscriber)?
    private let feed: VideoFeed
    private let numbers: ViewerNumbers
    private let patience: Int64
    /// The first unit that could have been sent.
    private let first: UInt64
    /// What is said between units lets the socket tell that it has become free, in the middle of that.
    private var isSending = false
    /// What was captured before it came is older than this: CLOCK_MONOTONIC, nanoseconds.
    private let begun = MonotonicClock.now()

    /// - Parameters:
    ///   - first: ordinal of the unit that comes next.
    ///   - patience: how old what it is sent may be, where there is a keyframe behind it, nanoseconds.
    init(
        _ subscriber: any VideoSubscriber, of feed: VideoFeed, from first: UInt64, patience: Int64,
        numbers: ViewerNumbers
    ) {
        self.subscriber = subscriber
        output = subscriber.directVideo
        self.feed = feed
        self.first = first
        self.patience = patience
        self.numbers = numbers
    }

    /// Something new is there.
    func offer(_ delivery: UnitDelivery, _ tally: inout ViewerTally) {
        guard let newest, delivery.ordinal == newest &+ 1 else { return resume() }
        let isLeading = delivery.captured < begun
        if let output, !delivery.isKey, !isSending, !isLeading {
            guard output.isFree else { return }
            self.newest = delivery.ordinal
            output.send(delivery.message)
            return tally.sent(delivery.message.readableBytes, .video)
        }
        guard let subscriber, !isSending, subscriber.isReady, let bytes = send(delivery.unit, isLeading) else { return }
        if isLeading { numbers.sent(bytes, .video, age: nil) } else { tally.sent(bytes, .video) }
    }

    /// Sends what it has not had, as far as the subscriber takes it.
    func resume() {
        while let subscriber, !isSending, subscriber.isReady, sendNext() {}
    }

    /// Sends all that it has not had, ready or not.
    func flush() {
        while subscriber != nil, sendNext() {}
    }

    private func sendNext() -> Bool {
        guard let unit = feed.unit(after: newest, patience: patience) else { return false }
        let isLeading = unit.captured < begun
        guard let bytes = send(unit, isLeading) else { return false }
        numbers.sent(bytes, .video, age: isLeading ? nil : CaptureTime.age(unit.captured))
        return true
    }

    private func send(_ unit: SharedUnit, _ isLeading: Bool) -> Int? {
        let skipped = newest.map { Int(clamping: unit.ordinal &- $0 &- 1) } ?? 0
        newest = unit.ordinal
        if skipped > 0 { numbers.skipped(skipped, .video) }
        isSending = true
        defer { isSending = false }
        guard let bytes = subscriber?.send(unit, isLeading: isLeading, skipped: skipped) else {
            close()
            return nil
        }
        return bytes
    }

    /// The viewer leaves.
    ///
    /// - Parameter last: ordinal of the newest unit: what came for it and was not sent yet, it has missed.
    func leave(after last: UInt64) {
        guard subscriber != nil else { return }
        let sent = newest ?? first &- 1
        if last > sent { numbers.skipped(Int(clamping: last - sent), .video) }
        close()
    }

    /// Nothing more is sent.
    func close() { (subscriber, output) = (nil, nil) }

    /// Nothing will be sent any more.
    var isClosed: Bool { subscriber == nil }

    func stateChanged(_ change: InstanceStateChange) { subscriber?.stateChanged(change) }

    func codingChanged() { subscriber?.codingChanged() }

    /// Tells the subscriber, who may flush what waits first.
    func end(_ reason: FailureReason) {
        subscriber?.ended(reason)
        close()
    }
}

@available(*, unavailable)
extension VideoSubscription: Sendable {}
