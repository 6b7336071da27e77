import NIOCore
import NIOWebSocket
import WorkerLink

/// One viewer of one tap on one socket. Writes the messages that all viewers share.
final class TapSocketHandler: ChannelInboundHandler, TapSubscriber, VideoSubscriber {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = ByteBuffer

    private let output: DirectOutput
    let kind: ViewerKind
    private let request: TapSocketRequest
    private let registry: StreamTapRegistry
    private let caller: SocketCaller
    private var feed: TapFeed?
    private var subscription: TapSubscription?
    private var video: VideoSubscription?
    /// What was said last of the video.
    private var toldVideo: String?
    private var context: ChannelHandlerContext?
    private var isKnown = false
    /// Of the hours in which the tap may be watched.
    private var lease: AccessBook.Lease?

    init(
        _ request: TapSocketRequest, registry: StreamTapRegistry, caller: SocketCaller, output: DirectOutput
    ) {
        self.caller = caller
        self.request = request
        self.registry = registry
        self.output = output
        kind = request.format.kind
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        // The bytes of the 101 are on their way out, and the pipeline is whole only after this.
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.execute { bound.value.beginIfKnown() }
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    private func beginIfKnown() {
        guard let context, context.channel.isActive, caller.begin(context) else { return }
        begin()
    }

    private func begin() {
        guard let context, context.channel.isActive else { return }
        isKnown = true
        var options: StreamOptions
        switch request.options {
        case .success(let wanted): options = wanted
        case .failure(let error): return refuse(error.message)
        }
        let unknown = ServiceError.unknownTap(request.tap, instance: request.instance)
        let limits: ViewLimits
        do throws(ServiceError) {
            limits = try caller.allow(.view(instance: request.instance, tap: request.tap))
        } catch {
            // What may not be known of is not there.
            return refuse((error.code == .forbidden ? error : unknown).message)
        }
        guard let feed = registry.feed(instance: request.instance, tap: request.tap) else {
            return refuse(unknown.message)
        }
        if kind == .detections { options.variant = .detections }
        self.feed = feed
        let isThere =
            if let coding = request.format.coding {
                watch(feed, coding, limits, on: context.eventLoop)
            } else {
                watch(feed, options, limits, on: context.eventLoop)
            }
        guard isThere else { return }
        guard let until = limits.until else { return }
        lease = caller.lease(until: until) { [weak self] in
            guard let self else { return }
            self.refuse(ServiceError.notNow(self.request.instance, self.request.tap).message)
        }
    }

    /// - Returns: whether anybody is still there.
    private func watch(
        _ feed: TapFeed, _ options: StreamOptions, _ limits: ViewLimits, on loop: any EventLoop
    ) -> Bool {
        let subscription = feed.subscribe(self, variant: options.variant, fps: options.fps, within: limits, on: loop)
        // The first picture may have found the socket gone.
        guard context != nil else {
            feed.unsubscribe(subscription, on: loop)
            return false
        }
        self.subscription = subscription
        return true
    }

    private func watch(
        _ feed: TapFeed, _ coding: VideoCoding, _ limits: ViewLimits, on loop: any EventLoop
    ) -> Bool {
        guard limits.isWhole else {
            refuse(ServiceError.videoTooLarge(tap: feed.tap).message)
            return false
        }
        guard !refuseOther(coding) else { return false }
        let video = feed.subscribe(video: self, patience: VideoSubscription.livePatience, on: loop)
        guard context != nil else {
            feed.unsubscribe(video, on: loop)
            return false
        }
        self.video = video
        return true
    }

    /// - Returns: whether what the tap has is known to be something else.
    private func refuseOther(_ coding: VideoCoding) -> Bool {
        guard let feed, feed.isCompiled, feed.coding != coding else { return false }
        refuse(coding, of: feed)
        return true
    }

    private func refuse(_ coding: VideoCoding, of feed: TapFeed) {
        let error = ServiceError.notVideo(
            tap: feed.tap, instance: feed.instance, attachPoint: feed.attachPoint, wanted: coding)
        refuse(error.message)
    }

    func codingChanged() { if let coding = request.format.coding { _ = refuseOther(coding) } }

    private func leave() {
        caller.giveBack(lease)
        caller.leave()
        lease = nil
        if let feed, let subscription, let context { feed.unsubscribe(subscription, on: context.eventLoop) }
        if let feed, let video, let context { feed.unsubscribe(video, on: context.eventLoop) }
        (feed, subscription, video, context) = (nil, nil, nil, nil)
    }

    private func refuse(_ message: String) {
        say(JSONText.object([("type", "error"), ("message", message)]))
        context?.triggerUserOutboundEvent(
            WebSocketClose(code: .policyViolation, reason: message), promise: nil)
    }

    private func say(_ text: String) {
        context?.writeAndFlush(Self.wrapOutboundOut(WebSocketFraming.text(text)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // A viewer of one tap has nothing to say but who it is; newer clients may, so what they say is no error.
        if !isKnown { caller.receive(Self.unwrapInboundIn(data)) { [weak self] in self?.begin() } }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        subscription?.resume()
        video?.resume()
        context.fireChannelWritabilityChanged()
    }

    // MARK: What the tap says

    var direct: (output: DirectOutput, form: SharedFrame.Form)? {
        switch kind {
        case .binary: (output, .binary)
        case .json: (output, .json)
        case .detections, .channel, .mjpeg, .video: nil
        }
    }

    var isReady: Bool { output.isFree }

    func send(_ delivery: inout Delivery) -> Int {
        guard output.isOpen else { return 0 }
        guard kind != .detections else { return send(detections: delivery.frame) }
        delivery.take(kind == .binary ? .binary : .json)
        output.send(delivery.message)
        return delivery.message.readableBytes
    }

    func send(_ unit: SharedUnit, isLeading: Bool, skipped: Int) -> Int? {
        guard unit.coding == request.format.coding else {
            // Its camera has turned to another, whatever the plan says.
            if let coding = request.format.coding, let feed { refuse(coding, of: feed) }
            return nil
        }
        guard output.isOpen else { return 0 }
        if skipped > 0 { say("{\"type\":\"skipped\",\"count\":\(skipped)}") }
        if unit.isKey {
            let video =
                "{\"type\":\"video\",\"codec\":\"\(unit.codec ?? "")\",\"width\":\(unit.width),\"height\":\(unit.height)}"
            if video != toldVideo { say(video) }
            toldVideo = video
        }
        output.send(unit.message)
        return unit.message.readableBytes
    }

    var directVideo: DirectOutput? { output }

    private func send(detections frame: SharedFrame) -> Int {
        guard frame.isDetecting else { return leaveUndetecting() }
        output.send(frame.detectionsMessage)
        return frame.detectionsMessage.readableBytes
    }

    private func leaveUndetecting() -> Int {
        guard let feed else { return 0 }
        let error = ServiceError.notDetecting(tap: feed.tap, instance: feed.instance, attachPoint: feed.attachPoint)
        refuse(error.message)
        return 0
    }

    func stateChanged(_ change: InstanceStateChange) {
        var pairs = [("type", "state"), ("state", change.state.rawValue), ("reason", change.reason?.rawValue)]
        // Where cameras are, words may say.
        if caller.rights.seesAll, let message = change.message { pairs.append(("message", message)) }
        say(JSONText.object(pairs))
    }

    func ended(_ reason: FailureReason) {
        // A picture that still waits for the socket is the last one there is: it goes first.
        subscription?.flush()
        video?.flush()
        say(JSONText.object([("type", "end"), ("reason", reason.rawValue)]))
        context?.triggerUserOutboundEvent(WebSocketClose(code: .normalClosure, reason: reason.rawValue), promise: nil)
    }
}

@available(*, unavailable)
extension TapSocketHandler: Sendable {}
