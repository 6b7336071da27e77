import NIOCore
import NIOWebSocket
import WorkerLink

/// `/ws/vp`: many taps on one socket, each a channel with a number that the client chooses, and the server's state.
final class TapChannelsHandler: ChannelInboundHandler, TapChannelSocket, EventOutput, AcknowledgementReceiver {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = ByteBuffer

    /// Taps on one socket, at most: a page has only so much room.
    static let channelLimit = 64

    private let registry: StreamTapRegistry
    private let events: StateEvents
    private let caller: SocketCaller
    private var isKnown = false
    let output: DirectOutput
    var reader: AcknowledgementReader?
    private var context: ChannelHandlerContext?
    private var channels: [UInt16: TapChannel] = [:]
    /// Of those channels that are open at some hours only.
    private var hours: [UInt16: AccessBook.Lease] = [:]
    /// Of the server's state; nil while the client has not asked for it.
    private var watcher: StateWatcher?
    /// Whose turn it is when the socket opens again, so that none is always last.
    private var turn = 0
    /// All but acknowledgements: each may have a picture made.
    private var budget = FrameBudget(burst: 2 * Double(channelLimit), perSecond: 20)

    /// All that is to be decoded, acknowledgements in words among it: 64 channels' in one go.
    private var texts = FrameBudget(burst: 1000, perSecond: 500)

    init(registry: StreamTapRegistry, events: StateEvents, caller: SocketCaller, output: DirectOutput) {
        self.caller = caller
        self.registry = registry
        self.events = events
        self.output = output
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isKnown = caller.begin(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    private func leave() {
        guard let loop = context?.eventLoop else { return }
        caller.leave()
        for channel in channels.values { channel.close(on: loop) }
        channels = [:]
        for number in Array(hours.keys) { giveBackHours(of: number) }
        unwatch(on: loop)
        context = nil
    }

    // MARK: What the client says

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // A write that failed has closed the connection while what it had sent was being read.
        guard self.context != nil else { return }
        let frame = Self.unwrapInboundIn(data)
        guard isKnown else {
            return caller.receive(frame) { [weak self] in self?.isKnown = true }
        }
        if frame.opcode == .binary, let acknowledgement = TapChannelFraming.Acknowledgement(frame.unmaskedData) {
            return received(acknowledgement, arrival: ArrivalTime(at: MonotonicClock.now()))
        }
        let request: TapChannelRequest
        do throws(ServiceError) {
            guard frame.opcode == .text else {
                throw .malformed("a message is text, or an acknowledgement of 12 bytes")
            }
            guard texts.spend(now: MonotonicClock.now()) else { throw .tooManyRequests }
            request = try TapChannelRequest(frame.unmaskedData)
        } catch {
            say(.error(error, channel: nil))
            let close = WebSocketClose(code: .policyViolation, reason: error.message)
            return context.triggerUserOutboundEvent(close, promise: nil)
        }
        do throws(ServiceError) {
            guard request.type == "ack" || budget.spend(now: MonotonicClock.now()) else { throw .tooManyRequests }
            try answer(request, on: context.eventLoop)
        } catch {
            // Whoever does not read gets no more to read.
            if output.isFree { say(.error(error, channel: request.channel)) }
        }
    }

    func received(_ acknowledgement: TapChannelFraming.Acknowledgement, arrival: ArrivalTime) {
        // The channel may have ended while it was under way.
        channels[acknowledgement.channel]?.acknowledge(acknowledgement.sequence, arrival)
    }

    var isAwaiting: Bool { channels.values.contains(where: \.isAwaiting) }

    private func answer(_ request: TapChannelRequest, on loop: any EventLoop) throws(ServiceError) {
        switch request.type {
        case "watch":
            try caller.allow(.list)
            guard watcher == nil else { return }
            let watcher = events.watch(self, sees: caller.rights, on: loop)
            // The snapshot may have found the socket gone.
            guard context != nil else { return events.unwatch(watcher, on: loop) }
            self.watcher = watcher
        case "unwatch":
            unwatch(on: loop)
        case "authorize":
            // Who it is, it has said; a client that always does is told the same.
            say(TapChannelNotice(type: "authorized"))
        case "ping":
            say(TapChannelNotice(type: "pong"))
        case "subscribe", "ack", "demand", "unsubscribe":
            guard let number = request.channel else { throw .malformed("\(request.type) names a channel") }
            try answer(request, channel: number, on: loop)
        default:
            // A newer client may know more; it is told, and the rest goes on.
            throw .malformed(
                "'\(request.type.prefix(40))' is not subscribe, unsubscribe, demand, ack, watch, unwatch or ping")
        }
    }

    private func answer(
        _ request: TapChannelRequest, channel number: UInt16, on loop: any EventLoop
    ) throws(ServiceError) {
        switch request.type {
        case "subscribe":
            try subscribe(request, channel: number, on: loop)
        case "ack":
            // The channel may have ended while the acknowledgement was under way.
            if let sequence = request.seq {
                channels[number]?.acknowledge(sequence, ArrivalTime(at: MonotonicClock.now()))
            }
        case "demand":
            let channel = try channel(number)
            let options = try request.options()
            if request.hidden == true {
                channel.leave(on: loop)
            } else if let feed = registry.feed(instance: channel.instance, tap: channel.tap) {
                try watch(feed, options, request.codecs.map(ViewerCodecs.init) ?? channel.codecs, by: channel, on: loop)
            } else {
                forget(channel)
                channel.leave(on: loop)
                throw .unknownTap(channel.tap, instance: channel.instance)
            }
        default:
            let channel = try channel(number)
            channel.close(on: loop)
            forget(channel)
            say(TapChannelNotice(type: "unsubscribed", channel: channel.number))
        }
    }

    private func channel(_ number: UInt16) throws(ServiceError) -> TapChannel {
        guard let channel = channels[number] else { throw .unknownChannel(number) }
        return channel
    }

    private func subscribe(
        _ request: TapChannelRequest, channel number: UInt16, on loop: any EventLoop
    ) throws(ServiceError) {
        guard channels[number] == nil else { throw .channelInUse(number) }
        guard channels.count < Self.channelLimit else { throw .tooManyChannels }
        guard let instance = request.instanceID, let tap = request.tapID else {
            throw .malformed("subscribe names an instance_id and a tap_id")
        }
        let (options, content) = (try request.options(), try request.content())
        do throws(ServiceError) {
            try caller.allow(.view(instance: instance, tap: tap))
        } catch {
            // What may not be known of is not there.
            throw error.code == .forbidden ? error : .unknownTap(tap, instance: instance)
        }
        guard let feed = registry.feed(instance: instance, tap: tap) else { throw .unknownTap(tap, instance: instance) }
        let channel = TapChannel(number: number, instance: instance, tap: tap, content: content, socket: self)
        channels[number] = channel
        say(
            TapChannelNotice(
                type: "subscribed", channel: number, instanceID: instance, tapID: tap,
                attachPoint: feed.attachPoint))
        // Saying so may have ended the connection.
        guard channels[number] === channel else { return }
        let codecs = request.codecs.map(ViewerCodecs.init)
        if request.hidden == true { return channel.remember(codecs) }
        try watch(feed, options, codecs, by: channel, on: loop)
    }

    func codingChanged(_ channel: TapChannel) {
        guard let loop = context?.eventLoop, channels[channel.number] === channel, let options = channel.options,
            let feed = registry.feed(instance: channel.instance, tap: channel.tap)
        else { return }
        do throws(ServiceError) {
            try watch(feed, options, channel.codecs, by: channel, on: loop)
        } catch {
            say(.error(error, channel: channel.number))
        }
    }

    private func watch(
        _ feed: TapFeed, _ options: StreamOptions, _ codecs: ViewerCodecs?, by channel: TapChannel,
        on loop: any EventLoop
    ) throws(ServiceError) {
        let limits: ViewLimits
        do throws(ServiceError) {
            limits = try caller.allow(.view(instance: channel.instance, tap: channel.tap))
            try channel.watch(feed, options, codecs, within: limits, on: loop)
        } catch {
            forget(channel)
            channel.close(on: loop)
            throw error
        }
        // Saying what it gets may have ended the connection.
        guard context != nil else { return channel.close(on: loop) }
        giveBackHours(of: channel.number)
        guard let until = limits.until else { return }
        hours[channel.number] = caller.lease(until: until) { [weak self, weak channel] in
            guard let self, let channel, self.channels[channel.number] === channel else { return }
            self.forget(channel)
            channel.close(on: loop)
            self.say(.error(.notNow(channel.instance, channel.tap), channel: channel.number))
        }
    }

    private func giveBackHours(of number: UInt16) { caller.giveBack(hours.removeValue(forKey: number)) }

    // MARK: The server's state

    var framing: EventFraming { .webSocket }

    var isReady: Bool { output.isFree }

    func send(_ events: ByteBuffer) { output.send(events) }

    private func unwatch(on loop: any EventLoop) {
        if let watcher { events.unwatch(watcher, on: loop) }
        watcher = nil
    }

    // MARK: What the channels say

    var seesAll: Bool { caller.rights.seesAll }

    func listen() { reader?.listen() }

    func beWoken() { reader?.beWoken() }

    func say(_ notice: TapChannelNotice) {
        context?.writeAndFlush(Self.wrapOutboundOut(WebSocketFraming.text(JSONText.encode(notice))), promise: nil)
    }

    func forget(_ channel: TapChannel) {
        guard channels[channel.number] === channel else { return }
        channels[channel.number] = nil
        giveBackHours(of: channel.number)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // Few and short, and not to be late because of pictures.
        if context.channel.isWritable, let watcher { events.resume(watcher, on: context.eventLoop) }
        if context.channel.isWritable, !channels.isEmpty {
            let waiting = channels.values.sorted { $0.number < $1.number }
            turn = (turn + 1) % waiting.count
            for channel in waiting[turn...] + waiting[..<turn] { channel.resume() }
        }
        context.fireChannelWritabilityChanged()
    }
}

@available(*, unavailable)
extension TapChannelsHandler: Sendable {}
