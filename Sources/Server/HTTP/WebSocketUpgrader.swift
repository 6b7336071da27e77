import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Makes a socket of a connection one of whose requests `RequestGuard` found fit for it.
///
/// NIO's own upgrader computes the answer; the pipeline is ours, since its frame encoder would frame each message anew
/// for each viewer.
struct WebSocketUpgrader: NIOTypedHTTPServerProtocolUpgrader {
    typealias UpgradeResult = UpgradableHTTP1Channel.Outcome

    let endpoints: WebSocketEndpoints
    let authenticator: Authenticator
    let source: ConnectionSource
    let limits: WebSocketLimits
    let quietSockets: QuietSockets
    let supportedProtocol = "websocket"
    let requiredUpgradeHeaders: [String] = []

    private static let handshake = NIOTypedWebSocketServerUpgrader<Void>(
        shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
        upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })

    func buildUpgradeResponse(
        channel: any Channel, upgradeRequest: HTTPRequestHead, initialResponseHeaders: HTTPHeaders
    ) -> EventLoopFuture<HTTPHeaders> {
        let answer = Self.handshake.buildUpgradeResponse(
            channel: channel, upgradeRequest: upgradeRequest, initialResponseHeaders: initialResponseHeaders)
        let caller = caller(of: upgradeRequest)
        guard case .signed = caller else { return answer }
        // Known, once its signature has been looked at, to whoever asks for it next.
        return channel.eventLoop.makeFutureWithTask { _ = await authenticator.verified(caller) }.flatMap { answer }
    }

    private func caller(of request: HTTPRequestHead) -> Caller {
        authenticator.caller(PresentedCredentials(request, from: source, authenticator.outside))
    }

    func upgrade(channel: any Channel, upgradeRequest: HTTPRequestHead) -> EventLoopFuture<UpgradeResult> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandlers(try handlers(for: upgradeRequest, on: channel))
            return .webSocket
        }
    }

    /// What stands behind the connection's own handlers from now on, first to last.
    func handlers(for request: HTTPRequestHead, on channel: any Channel) throws -> [any ChannelHandler] {
        guard let endpoint = endpoints(request.uri) else {
            throw NIOWebSocketUpgradeError.unsupportedWebSocketTarget
        }
        let pipeline = channel.pipeline.syncOperations
        let output = try pipeline.handler(type: DirectOutput.self)
        try pipeline.handler(type: WriteDeadline.self).isPatient = false
        // What a client says comes in one piece; looking whether there is more is as dear as reading it.
        try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
        let handler = endpoint.makeHandler(output, caller(of: request))
        var handlers: [any ChannelHandler] = []
        if let receiver = handler as? any AcknowledgementReceiver {
            handlers.append(
                AcknowledgementReader(
                    receiver, budget: endpoint.budget, quietSockets: quietSockets, readsSocket: !output.isEncrypted))
        }
        handlers += [
            ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: limits.messageBytes)),
            WebSocketConnection(limits: limits, flood: endpoint.budget, output: output),
            NIOWebSocketFrameAggregator(
                minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: limits.fragments,
                maxAccumulatedFrameSize: limits.messageBytes),
            FrameErrors(), handler,
        ]
        return handlers
    }
}

/// Hands an aggregator's error to the connection, which closes with the right code.
private final class FrameErrors: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.triggerUserOutboundEvent(WebSocketClose(refusing: error), promise: nil)
    }
}

@available(*, unavailable)
extension FrameErrors: Sendable {}
