import NIOCore
import WorkerLink

/// Where channels send: the socket that they share.
protocol TapChannelOutput: AnyObject {
    /// Whether nothing waits for the socket.
    var isFree: Bool { get }
    /// - Parameter sent: CLOCK_MONOTONIC, nanoseconds.
    /// - Returns: bytes of the message.
    func send(_ frame: SharedFrame, channel: UInt16, sent: Int64) -> Int
    /// Tells what was found in a frame.
    ///
    /// - Returns: bytes of the message.
    func send(detections frame: SharedFrame, channel: UInt16) -> Int
    func say(_ notice: TapChannelNotice)
    /// The channel's number is free again.
    func forget(_ channel: TapChannel)
}

/// One tap on a socket of many. Confined to the socket's event loop.
final class TapChannel: TapSubscriber {
    let number: UInt16
    let instance: String
    let tap: String
    private let content: Variant.Content
    /// Until it ends: the socket holds it, too.
    private var output: (any TapChannelOutput)?
    private var window = TapChannelWindow()
    private var newest: UInt64 = 0
    /// The feed whose numbers `newest` is of.
    private weak var lastFeed: TapFeed?
    /// Nil while hidden.
    private var watched: (feed: TapFeed, subscription: TapSubscription, loop: any EventLoop)?

    init(
        number: UInt16, instance: String, tap: String, content: Variant.Content = .picture,
        output: any TapChannelOutput
    ) {
        self.content = content
        self.number = number
        self.instance = instance
        self.tap = tap
        self.output = output
    }

    /// Watches the tap with these options from now on; those that it had are given up.
    func watch(_ feed: TapFeed, _ options: StreamOptions, on loop: any EventLoop) {
        leave(on: loop)
        // An instance made anew under the same name counts from 1 again.
        if feed !== lastFeed { newest = 0 }
        lastFeed = feed
        let variant = content == .picture ? options.variant : .detections
        let subscription = feed.subscribe(self, variant: variant, fps: options.fps, on: loop)
        // The first picture may have found the socket gone.
        guard output != nil else { return feed.unsubscribe(subscription, on: loop) }
        watched = (feed, subscription, loop)
    }

    /// Nothing more is said by this channel.
    func close(on loop: any EventLoop) {
        leave(on: loop)
        output = nil
    }

    /// Pictures stop; the number stays taken.
    func leave(on loop: any EventLoop) {
        if let watched { watched.feed.unsubscribe(watched.subscription, on: loop) }
        watched = nil
        window.forget()
    }

    func acknowledge(_ sequence: UInt64) {
        window.acknowledge(sequence, at: MonotonicClock.now())
        resume()
    }

    /// The socket or the window may have opened.
    func resume() { watched?.subscription.resume() }

    // MARK: What the tap says

    var kind: ViewerKind { content == .picture ? .channel : .detections }

    /// Text is read as fast as it comes; it takes the socket for being full to have somebody skip some.
    var isReady: Bool { (content == .detections || window.isOpen) && output?.isFree == true }

    func send(_ frame: SharedFrame) -> Int {
        // After a change of view the new one's first picture may be an older one.
        guard frame.sequence >= newest else { return 0 }
        newest = frame.sequence
        if content == .detections {
            return frame.isDetecting ? output?.send(detections: frame, channel: number) ?? 0 : leaveUndetecting()
        }
        let now = MonotonicClock.now()
        window.sent(frame.sequence, captured: frame.captured, at: now, highestRate: watched?.subscription.fps)
        return output?.send(frame, channel: number, sent: now) ?? 0
    }

    /// The tap stands before any stage that detects.
    private func leaveUndetecting() -> Int {
        guard let watched, let output else { return 0 }
        let attachPoint = watched.feed.attachPoint
        output.say(.error(.notDetecting(tap: tap, instance: instance, attachPoint: attachPoint), channel: number))
        output.forget(self)
        close(on: watched.loop)
        return 0
    }

    func stateChanged(_ change: InstanceStateChange) {
        output?.say(
            TapChannelNotice(
                type: "state", channel: number, state: change.state.rawValue, reason: change.reason?.rawValue,
                message: change.message))
    }

    func ended(_ reason: FailureReason) {
        // A picture that still waits is the last one there is: it goes first, window or not.
        watched?.subscription.flush()
        watched = nil
        output?.say(TapChannelNotice(type: "end", channel: number, reason: reason.rawValue))
        output?.forget(self)
        output = nil
    }
}

@available(*, unavailable)
extension TapChannel: Sendable {}
