import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Makes a socket of a connection whose first request `RequestGuard` found fit for it.
///
/// NIO's own upgrader computes the answer; the pipeline is ours, since its frame encoder would frame each message anew
/// for each viewer.
struct WebSocketUpgrader: NIOTypedHTTPServerProtocolUpgrader {
    typealias UpgradeResult = UpgradableHTTP1Channel.Outcome

    let endpoints: WebSocketEndpoints
    let limits: WebSocketLimits
    let supportedProtocol = "websocket"
    let requiredUpgradeHeaders: [String] = []

    private static let handshake = NIOTypedWebSocketServerUpgrader<Void>(
        shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
        upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })

    func buildUpgradeResponse(
        channel: any Channel, upgradeRequest: HTTPRequestHead, initialResponseHeaders: HTTPHeaders
    ) -> EventLoopFuture<HTTPHeaders> {
        Self.handshake.buildUpgradeResponse(
            channel: channel, upgradeRequest: upgradeRequest, initialResponseHeaders: initialResponseHeaders)
    }

    func upgrade(channel: any Channel, upgradeRequest: HTTPRequestHead) -> EventLoopFuture<UpgradeResult> {
        channel.eventLoop.makeCompletedFuture {
            guard let endpoint = endpoints(upgradeRequest.uri) else {
                throw NIOWebSocketUpgradeError.unsupportedWebSocketTarget
            }
            let pipeline = channel.pipeline.syncOperations
            let output = try pipeline.handler(type: DirectOutput.self)
            try pipeline.handler(type: WriteDeadline.self).isPatient = false
            // What a client says comes in one piece; looking whether there is more is as dear as reading it.
            try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
            let handler = endpoint.makeHandler(output)
            if let receiver = handler as? any ShortMessageReceiver {
                try pipeline.addHandler(ShortMessageReader(receiver, budget: endpoint.budget))
            }
            try pipeline.addHandler(
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: limits.messageBytes)))
            try pipeline.addHandler(WebSocketConnection(limits: limits, flood: endpoint.budget, output: output))
            try pipeline.addHandler(
                NIOWebSocketFrameAggregator(
                    minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: limits.fragments,
                    maxAccumulatedFrameSize: limits.messageBytes))
            try pipeline.addHandler(FrameErrors())
            try pipeline.addHandler(handler)
            return .webSocket
        }
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
