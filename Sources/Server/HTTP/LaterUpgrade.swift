import HummingbirdCore
import NIOCore
import NIOHTTP1

/// Makes a socket of a connection that has answered requests before, as those of a proxy have.
///
/// By then the router's end of the pipeline is there; it stays behind the socket's handlers, which let nothing through to
/// it but the end.
struct LaterUpgrade {
    let upgrader: WebSocketUpgrader
    let encoder: HTTPResponseEncoder
    let decoder: ByteToMessageHandler<HTTPRequestDecoder>

    /// - Parameter guardian: the handler that has kept the request from those behind it.
    /// - Precondition: the request is whole, nothing is unanswered, and the upgrade was found possible.
    func begin(_ request: HTTPRequestHead, on context: ChannelHandlerContext, removing guardian: RequestGuard) {
        let bound = NIOLoopBound((self, context, guardian), eventLoop: context.eventLoop)
        upgrader.buildUpgradeResponse(
            channel: context.channel, upgradeRequest: request,
            initialResponseHeaders: ["connection": "upgrade", "upgrade": upgrader.supportedProtocol]
        ).whenComplete { result in
            let (upgrade, context, guardian) = bound.value
            do {
                try upgrade.finish(request, try result.get(), on: context, removing: guardian)
            } catch {
                context.close(promise: nil)
            }
        }
    }

    private func finish(
        _ request: HTTPRequestHead, _ headers: HTTPHeaders, on context: ChannelHandlerContext,
        removing guardian: RequestGuard
    ) throws {
        let head = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
        context.writeAndFlush(NIOAny(HTTPServerResponsePart.head(head)), promise: nil)
        let pipeline = context.pipeline.syncOperations
        let idle = try pipeline.handler(type: HTTPConnectionStateHandler.self)
        // In front of the guard: what the decoder has read beyond the request comes out when it goes.
        try pipeline.addHandlers(
            try upgrader.handlers(for: request, on: context.channel), position: .before(guardian))
        _ = pipeline.removeHandler(idle)
        _ = pipeline.removeHandler(encoder)
        _ = pipeline.removeHandler(decoder)
        _ = pipeline.removeHandler(guardian)
    }
}
