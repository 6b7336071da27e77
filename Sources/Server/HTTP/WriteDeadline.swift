import NIOCore

/// Closes a connection whose socket takes nothing: a viewer that has stalled for good.
final class WriteDeadline: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let timeout: TimeAmount
    private var check: Scheduled<Void>?

    init(timeout: TimeAmount) {
        self.timeout = timeout
    }

    func handlerRemoved(context: ChannelHandlerContext) { check?.cancel() }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        check?.cancel()
        check = nil
        if !context.channel.isWritable { watch(context, waiting: buffered(context)) }
        context.fireChannelWritabilityChanged()
    }

    private func buffered(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func watch(_ context: ChannelHandlerContext, waiting before: Int) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        check = context.eventLoop.scheduleTask(in: timeout) {
            let (handler, context) = bound.value
            guard !context.channel.isWritable else { return }
            let now = handler.buffered(context)
            // A slow socket is not a dead one: any byte taken buys more time.
            if now >= before { context.close(promise: nil) } else { handler.watch(context, waiting: now) }
        }
    }
}

@available(*, unavailable)
extension WriteDeadline: Sendable {}
