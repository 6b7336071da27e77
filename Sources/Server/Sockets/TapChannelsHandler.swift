import NIOCore
import NIOWebSocket
import WorkerLink

/// `/ws/vp`: many taps on one socket. Each is a channel with a number that the client chooses.
final class TapChannelsHandler: ChannelInboundHandler, TapChannelOutput, ShortMessageReceiver {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = ByteBuffer

    /// Taps on one socket, at most: a page has only so much room.
    static let channelLimit = 64

    private let registry: StreamTapRegistry
    private let output: DirectOutput
    private var context: ChannelHandlerContext?
    private var channels: [UInt16: TapChannel] = [:]
    /// Of the message that is being sent, in memory that is used again.
    private var prefix = ByteBuffer()
    /// Whose turn it is when the socket opens again, so that none is always last.
    private var turn = 0
    /// All but acknowledgements: each may have a picture made.
    private var budget = FrameBudget(burst: 2 * Double(channelLimit), perSecond: 20)

    init(registry: StreamTapRegistry, output: DirectOutput) {
        self.registry = registry
        self.output = output
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    private func leave() {
        guard let loop = context?.eventLoop else { return }
        for channel in channels.values { channel.close(on: loop) }
        channels = [:]
        context = nil
    }

    // MARK: What the client says

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = Self.unwrapInboundIn(data)
        if frame.opcode == .binary, received(short: frame.unmaskedData) { return }
        let request: TapChannelRequest
        do throws(ServiceError) {
            guard frame.opcode == .text else {
                throw .malformed("a message is text, or an acknowledgement of 12 bytes")
            }
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
            say(.error(error, channel: request.channel))
        }
    }

    static let shortMessageLength = 12

    func received(short payload: ByteBuffer) -> Bool {
        guard let acknowledgement = TapChannelFraming.Acknowledgement(payload) else { return false }
        // The channel may have ended while it was under way.
        channels[acknowledgement.channel]?.acknowledge(acknowledgement.sequence)
        return true
    }

    private func answer(_ request: TapChannelRequest, on loop: any EventLoop) throws(ServiceError) {
        switch request.type {
        case "subscribe": try subscribe(request, on: loop)
        case "ack":
            // The channel may have ended while the acknowledgement was under way.
            if let sequence = request.seq { channels[request.channel]?.acknowledge(sequence) }
        case "demand":
            let channel = try channel(request)
            let options = try request.options()
            if request.hidden == true {
                channel.leave(on: loop)
            } else if let feed = registry.feed(instance: channel.instance, tap: channel.tap) {
                channel.watch(feed, options, on: loop)
            } else {
                forget(channel)
                channel.leave(on: loop)
                throw .unknownTap(channel.tap, instance: channel.instance)
            }
        case "unsubscribe":
            let channel = try channel(request)
            channel.close(on: loop)
            forget(channel)
            say(TapChannelNotice(type: "unsubscribed", channel: channel.number))
        default:
            // A newer client may know more; it is told, and the rest goes on.
            throw .malformed("'\(request.type.prefix(40))' is not subscribe, unsubscribe, demand or ack")
        }
    }

    private func channel(_ request: TapChannelRequest) throws(ServiceError) -> TapChannel {
        guard let channel = channels[request.channel] else { throw .unknownChannel(request.channel) }
        return channel
    }

    private func subscribe(_ request: TapChannelRequest, on loop: any EventLoop) throws(ServiceError) {
        guard channels[request.channel] == nil else { throw .channelInUse(request.channel) }
        guard channels.count < Self.channelLimit else { throw .tooManyChannels }
        guard let instance = request.instanceID, let tap = request.tapID else {
            throw .malformed("subscribe names an instance_id and a tap_id")
        }
        let options = try request.options()
        guard let feed = registry.feed(instance: instance, tap: tap) else { throw .unknownTap(tap, instance: instance) }
        let channel = TapChannel(number: request.channel, instance: instance, tap: tap, output: self)
        channels[request.channel] = channel
        say(
            TapChannelNotice(
                type: "subscribed", channel: request.channel, instanceID: instance, tapID: tap,
                attachPoint: feed.attachPoint))
        if request.hidden != true { channel.watch(feed, options, on: loop) }
    }

    // MARK: What the channels send

    var isFree: Bool { output.isFree }

    func send(_ frame: SharedFrame, channel: UInt16, sent: Int64) -> Int {
        let (body, metadataLength) = frame.channelBody
        TapChannelFraming.writePrefix(
            channel: channel, bodyLength: body.readableBytes, metadataLength: metadataLength,
            sent: CaptureTime.unixMicroseconds(sent), to: &prefix)
        output.send(prefix, body)
        return prefix.readableBytes + body.readableBytes
    }

    func say(_ notice: TapChannelNotice) {
        context?.writeAndFlush(Self.wrapOutboundOut(WebSocketFraming.text(JSONText.encode(notice))), promise: nil)
    }

    func forget(_ channel: TapChannel) {
        if channels[channel.number] === channel { channels[channel.number] = nil }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
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
