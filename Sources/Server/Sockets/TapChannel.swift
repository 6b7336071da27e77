import NIOCore
import WorkerLink

/// The socket that channels share.
protocol TapChannelSocket: AnyObject {
    /// Whether who is there may read what is said of where cameras are.
    var seesAll: Bool { get }
    var output: DirectOutput { get }
    /// Reads what the client has said and nobody was woken for.
    func listen()
    /// A channel waits for an acknowledgement.
    func beWoken()
    func say(_ notice: TapChannelNotice)
    /// The channel's number is free again.
    func forget(_ channel: TapChannel)
    /// How its tap's video is coded is known, or is another one.
    func codingChanged(_ channel: TapChannel)
}

/// One tap on a socket of many. Confined to the socket's event loop.
final class TapChannel: TapSubscriber, VideoSubscriber {
    // What is looked at for each picture stands together: memory that is not at hand costs more than what is done with it.

    private let content: Variant.Content
    let number: UInt16
    /// Until it ends.
    private var output: DirectOutput?
    private var newest: UInt64 = 0
    /// Frames per second, at most; nil means every frame.
    private var highestRate: Double?
    private var window = TapChannelWindow()
    /// How the client was told last that it gets it: as such video, or, nil, as pictures.
    private var told: VideoCoding?
    /// Of video nothing can be left out, and nothing waits for acknowledgements: who does not read fast enough is seen by the socket.
    private var isVideo = false
    /// Nil while hidden.
    private var watched: (feed: TapFeed, view: View, loop: any EventLoop)?
    /// How it is watched, as the client said last.
    private(set) var options: StreamOptions?
    private(set) var codecs: ViewerCodecs?
    /// Until it ends: the socket holds it, too.
    private var socket: (any TapChannelSocket)?
    /// The feed whose numbers `newest` is of.
    private weak var lastFeed: TapFeed?
    let instance: String
    let tap: String

    init(
        number: UInt16, instance: String, tap: String, content: Variant.Content = .picture,
        socket: any TapChannelSocket
    ) {
        self.content = content
        self.number = number
        self.instance = instance
        self.tap = tap
        self.socket = socket
        output = socket.output
    }

    private enum View {
        case pictures(TapSubscription)
        case video(VideoSubscription)
    }

    /// How the client gets it: as video that it has said it can show, or, nil, as pictures.
    ///
    /// - Throws: `not_video` or `forbidden`, where it takes no pictures.
    private func coding(of feed: TapFeed, within limits: ViewLimits) throws(ServiceError) -> VideoCoding? {
        guard content == .picture, let codecs else { return nil }
        if let coding = feed.coding, codecs.video.contains(coding), limits.isWhole { return coding }
        if codecs.takesPictures { return nil }
        // Nobody knows yet what there is.
        if !feed.isCompiled, let hoped = codecs.video.first { return hoped }
        if feed.coding != nil, !limits.isWhole { throw .videoTooLarge(tap: tap) }
        throw .notVideo(tap: tap, instance: instance, attachPoint: feed.attachPoint, wanted: codecs.video.first)
    }

    /// What the client can show, of one that watches later.
    func remember(_ codecs: ViewerCodecs?) { self.codecs = codecs }

    /// Watches the tap with these options from now on; those that it had are given up.
    ///
    /// - Parameter codecs: what the client can show; nil: it has said nothing of it.
    /// - Throws: `not_video` or `forbidden`, where the client takes no pictures, and there is nothing else for it.
    func watch(
        _ feed: TapFeed, _ options: StreamOptions, _ codecs: ViewerCodecs? = nil, within limits: ViewLimits = .none,
        on loop: any EventLoop
    ) throws(ServiceError) {
        (self.options, self.codecs) = (options, codecs)
        let coding = try coding(of: feed, within: limits)
        // Video has no sizes and rates: what comes goes on.
        if coding != nil, coding == told, isVideo, watched?.feed === feed { return }
        leave(on: loop)
        told = coding
        if codecs != nil {
            socket?.say(TapChannelNotice(type: "coding", channel: number, codec: ViewerCodecs.name(coding)))
        }
        if coding != nil {
            watchVideo(of: feed, on: loop)
        } else {
            watchPictures(of: feed, options, within: limits, on: loop)
        }
    }

    private func watchVideo(of feed: TapFeed, on loop: any EventLoop) {
        isVideo = true
        let subscription = feed.subscribe(video: self, patience: VideoSubscription.livePatience, on: loop)
        // The socket may be gone by now, or what came was not what the tap was said to have.
        guard socket != nil, !subscription.isClosed else {
            feed.unsubscribe(subscription, on: loop)
            return refuseVideo(of: feed, on: loop)
        }
        watched = (feed, .video(subscription), loop)
    }

    private func watchPictures(
        of feed: TapFeed, _ options: StreamOptions, within limits: ViewLimits, on loop: any EventLoop
    ) {
        // An instance made anew under the same name counts from 1 again.
        if feed !== lastFeed { newest = 0 }
        lastFeed = feed
        let variant = content == .picture ? options.variant : .detections
        let subscription = feed.subscribe(self, variant: variant, fps: options.fps, within: limits, on: loop)
        // The first picture may have found the socket gone.
        guard socket != nil else { return feed.unsubscribe(subscription, on: loop) }
        watched = (feed, .pictures(subscription), loop)
        highestRate = subscription.fps
    }

    /// Nothing more is said by this channel.
    func close(on loop: any EventLoop) {
        leave(on: loop)
        (socket, output) = (nil, nil)
    }

    /// Pictures stop; the number stays taken.
    func leave(on loop: any EventLoop) {
        switch watched?.view {
        case .pictures(let subscription): watched?.feed.unsubscribe(subscription, on: loop)
        case .video(let subscription): watched?.feed.unsubscribe(subscription, on: loop)
        case nil: break
        }
        watched = nil
        isVideo = false
        window.forget()
    }

    func acknowledge(_ sequence: UInt64, _ arrival: ArrivalTime) {
        window.acknowledge(sequence, arrival)
        resume()
    }

    /// Whether no picture is sent before an acknowledgement comes.
    var isAwaiting: Bool {
        if case .pictures = watched?.view { content == .picture && !window.isOpen } else { false }
    }

    /// The socket or the window may have opened.
    func resume() {
        switch watched?.view {
        case .pictures(let subscription): subscription.resume()
        case .video(let subscription): subscription.resume()
        case nil: break
        }
    }

    // MARK: What the tap says

    var kind: ViewerKind { content == .picture ? .channel : .detections }

    func listen() {
        guard content == .picture, window.isDue else { return }
        socket?.listen()
        if !window.isOpen { socket?.beWoken() }
    }

    /// Text is read as fast as it comes; it takes the socket for being full to have somebody skip some.
    var isReady: Bool { (content == .detections || isVideo || window.isOpen) && output?.isFree == true }

    func send(_ delivery: inout Delivery) -> Int {
        // After a change of view the new one's first picture may be an older one.
        guard delivery.sequence >= newest else { return 0 }
        newest = delivery.sequence
        guard let output, output.isOpen else { return 0 }
        if content == .detections {
            let frame = delivery.frame
            return frame.isDetecting ? send(detections: frame.detectionsTail, by: output) : leaveUndetecting()
        }
        let now = MonotonicClock.now()
        window.sent(delivery.sequence, captured: delivery.captured, at: now, highestRate: highestRate)
        delivery.take(.channelBody)
        var bytes = delivery.message.readableBytes
        TapChannelFraming.withPrefix(
            channel: number, bodyLength: bytes, metadataLength: delivery.metadataLength,
            sent: CaptureTime.unixMicroseconds(now)
        ) { prefix in
            bytes += prefix.count
            output.send(prefix, delivery.message)
        }
        return bytes
    }

    func send(_ unit: SharedUnit, isLeading: Bool, skipped: Int) -> Int? {
        // Its camera has turned to another, whatever the plan says.
        guard unit.coding == told else {
            // On the way to being watched whoever watches sees that it is not.
            if let watched { refuseVideo(of: watched.feed, on: watched.loop) }
            return nil
        }
        guard let output, output.isOpen else { return 0 }
        if skipped > 0 { socket?.say(TapChannelNotice(type: "skipped", channel: number, count: skipped)) }
        let head = TapChannelFraming.head(
            TapChannelFraming.Kind(unit.coding), channel: number, sequence: unit.ordinal,
            captured: CaptureTime.unixMicroseconds(unit.captured),
            sent: CaptureTime.unixMicroseconds(MonotonicClock.now()), metadata: unit.metadata(isLeading: isLeading),
            length: unit.byteCount)
        head.withUnsafeReadableBytes { output.send($0, unit.byteStream) }
        return head.readableBytes + unit.byteCount
    }

    private func refuseVideo(of feed: TapFeed, on loop: any EventLoop) {
        guard let socket else { return }
        let error = ServiceError.notVideo(
            tap: tap, instance: instance, attachPoint: feed.attachPoint, wanted: told)
        socket.say(.error(error, channel: number))
        socket.forget(self)
        close(on: loop)
    }

    func codingChanged() { if codecs != nil { socket?.codingChanged(self) } }

    private func send(detections tail: ByteBuffer, by output: DirectOutput) -> Int {
        let head = TapChannelFraming.detectionsHead(channel: number, tailLength: tail.readableBytes)
        head.withUnsafeReadableBytes { output.send($0, tail) }
        return head.readableBytes + tail.readableBytes
    }

    /// The tap stands before any stage that detects.
    private func leaveUndetecting() -> Int {
        guard let watched, let socket else { return 0 }
        let attachPoint = watched.feed.attachPoint
        socket.say(.error(.notDetecting(tap: tap, instance: instance, attachPoint: attachPoint), channel: number))
        socket.forget(self)
        close(on: watched.loop)
        return 0
    }

    func stateChanged(_ change: InstanceStateChange) {
        socket?.say(
            TapChannelNotice(
                type: "state", channel: number, state: change.state.rawValue, reason: change.reason?.rawValue,
                message: socket?.seesAll == true ? change.message : nil))
    }

    func ended(_ reason: FailureReason) {
        // A picture that still waits is the last one there is: it goes first, window or not.
        switch watched?.view {
        case .pictures(let subscription): subscription.flush()
        case .video(let subscription): subscription.flush()
        case nil: break
        }
        watched = nil
        socket?.say(TapChannelNotice(type: "end", channel: number, reason: reason.rawValue))
        socket?.forget(self)
        (socket, output) = (nil, nil)
    }
}

@available(*, unavailable)
extension TapChannel: Sendable {}
