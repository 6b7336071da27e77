import NIOCore
import NIOWebSocket
import WorkerLink

/// What every socket needs whoever uses it: keep-alive, the closing handshake, the rules for what clients may send.
///
/// Messages go on to the next handler; what comes from there are bytes that are framed already, or a `WebSocketClose`.
final class WebSocketConnection: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = WebSocketFrame
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let limits: WebSocketLimits
    private let output: DirectOutput
    private var lastHeard = MonotonicClock.now()
    /// Pings since then. Time alone proves nothing: a server that was held up has not asked.
    private var unansweredPings = 0
    private var looks = 0
    private var keepAlive: RepeatedTask?
    private var closing: Scheduled<Void>?
    private var hasSentClose = false {
        // What goes past this handler ends here, too.
        didSet { if hasSentClose { output.finish() } }
    }
    /// Frames since the last keep-alive second; a client has little to say.
    private var flood: FrameBudget

    init(limits: WebSocketLimits, flood: FrameBudget, output: DirectOutput) {
        self.limits = limits
        self.output = output
        self.flood = flood
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        keepAlive = context.eventLoop.scheduleRepeatedTask(
            initialDelay: limits.pingInterval, delay: limits.pingInterval
        ) { _ in
            let (handler, context) = bound.value
            handler.ping(context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        keepAlive?.cancel()
        closing?.cancel()
    }

    private func ping(_ context: ChannelHandlerContext) {
        if unansweredPings >= 2, MonotonicClock.now() - lastHeard > limits.silence.nanoseconds {
            // The peer is gone; there is nobody to say goodbye to.
            context.close(promise: nil)
        } else if !hasSentClose {
            looks += 1
            // Asked in any case: it begins anew with each time that it is.
            let wasQuiet = output.hasBeenQuiet()
            guard wasQuiet || looks.isMultiple(of: limits.pingsWhileSending) else { return }
            unansweredPings += 1
            context.writeAndFlush(Self.wrapOutboundOut(WebSocketFraming.control(.ping)), promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = Self.unwrapInboundIn(data)
        lastHeard = MonotonicClock.now()
        unansweredPings = 0
        guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
            return close(
                context, WebSocketClose(code: .protocolError, reason: "client frames are masked, without extensions"))
        }
        guard flood.spend(now: lastHeard) else {
            return close(context, WebSocketClose(code: .policyViolation, reason: "too many messages"))
        }
        switch frame.opcode {
        case .ping:
            // Whoever does not read gets no more to read; the latest ping is the one to be answered (RFC 6455, 5.5.3).
            guard !hasSentClose, context.channel.isWritable else { return }
            context.writeAndFlush(
                Self.wrapOutboundOut(WebSocketFraming.control(.pong, frame.unmaskedData)), promise: nil)
        case .pong:
            break
        case .connectionClose:
            acknowledgeClose(context, frame.unmaskedData)
        case .text, .binary, .continuation:
            if !hasSentClose { context.fireChannelRead(data) }
        default:
            close(context, WebSocketClose(code: .protocolError, reason: "unknown opcode"))
        }
    }

    private func acknowledgeClose(_ context: ChannelHandlerContext, _ payload: ByteBuffer) {
        if hasSentClose { return context.close(promise: nil) }
        hasSentClose = true
        // The answer carries the code it answers (RFC 6455, 5.5.1).
        var code = payload
        let echo = code.readSlice(length: min(2, code.readableBytes)) ?? ByteBuffer()
        finish(context, WebSocketFraming.control(.connectionClose, echo.readableBytes == 2 ? echo : ByteBuffer()))
        let bound = context.loopBound
        context.eventLoop.execute { bound.value.close(mode: .output, promise: nil) }
    }

    /// Sends a close frame and gives the peer a moment to answer it.
    private func close(_ context: ChannelHandlerContext, _ close: WebSocketClose) {
        guard !hasSentClose else { return }
        hasSentClose = true
        finish(context, WebSocketFraming.close(close))
    }

    private func finish(_ context: ChannelHandlerContext, _ bytes: ByteBuffer) {
        context.writeAndFlush(Self.wrapOutboundOut(bytes), promise: nil)
        let bound = context.loopBound
        closing = context.eventLoop.scheduleTask(in: limits.closeTimeout) { bound.value.close(promise: nil) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // Nothing may follow a close frame.
        guard !hasSentClose else { return promise?.fail(ChannelError.outputClosed) ?? () }
        context.write(data, promise: promise)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let event = event as? WebSocketClose else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        close(context, event)
        promise?.succeed()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            close(context, WebSocketClose(code: .goingAway, reason: "the server is stopping"))
        case ChannelEvent.inputClosed:
            context.close(promise: nil)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(context, WebSocketClose(refusing: error))
    }
}

@available(*, unavailable)
extension WebSocketConnection: Sendable {}

extension WebSocketClose {
    /// What to tell a client whose frames could not be read.
    init(refusing error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength,
            NIOWebSocketFrameAggregator.Error.accumulatedFrameSizeIsTooLarge,
            NIOWebSocketFrameAggregator.Error.tooManyFragments:
            self.init(code: .messageTooLarge, reason: "message too large")
        case is NIOWebSocketError, is NIOWebSocketFrameAggregator.Error:
            self.init(code: .protocolError)
        default:
            self.init(code: .unexpectedServerError)
        }
    }
}
