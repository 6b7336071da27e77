import NIOCore
import WorkerLink

/// Where channels send: the socket that they share.
protocol TapChannelOutput: AnyObject {
    var isWritable: Bool { get }
    func send(prefix: ByteBuffer, body: ByteBuffer)
    func say(_ notice: TapChannelNotice)
    /// The channel's number is free again.
    func forget(_ channel: TapChannel)
}

/// One tap on a socket of many. Confined to the socket's event loop.
final class TapChannel: TapSubscriber {
    let number: UInt16
    let instance: String
    let tap: String
    private weak var output: (any TapChannelOutput)?
    private var window = TapChannelWindow()
    private var newest: UInt64 = 0
    /// Nil while hidden.
    private var watched: (feed: TapFeed, subscription: TapSubscription)?

    init(number: UInt16, instance: String, tap: String, output: any TapChannelOutput) {
        self.number = number
        self.instance = instance
        self.tap = tap
        self.output = output
    }

    /// Watches the tap with these options from now on; those that it had are given up.
    func watch(_ feed: TapFeed, _ options: StreamOptions, on loop: any EventLoop) {
        leave(on: loop)
        let subscription = feed.subscribe(self, variant: options.variant, fps: options.fps, on: loop)
        watched = (feed, subscription)
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

    var isReady: Bool { window.isOpen && output?.isWritable == true }

    func send(_ frame: SharedFrame) {
        // After a change of view the new one's first picture may be an older one.
        guard frame.sequence >= newest else { return }
        newest = frame.sequence
        let now = MonotonicClock.now()
        window.sent(frame.sequence, captured: frame.captured, at: now, highestRate: watched?.subscription.fps)
        let (body, metadataLength) = frame.channelBody
        let prefix = TapChannelFraming.prefix(
            channel: number, bodyLength: body.readableBytes, metadataLength: metadataLength,
            sent: CaptureTime.unixMicroseconds(now))
        output?.send(prefix: prefix, body: body)
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
    }
}

@available(*, unavailable)
extension TapChannel: Sendable {}
