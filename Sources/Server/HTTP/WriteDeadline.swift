import NIOCore

/// Closes a connection whose socket takes nothing, and a viewer's where it does not take a whole message in time.
///
/// At most one timer runs, which looks when it is due whether it is still wanted: sockets fill and empty much more often
/// than one of them is stuck.
final class WriteDeadline: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let timeout: TimeAmount
    private var timer: Scheduled<Void>?
    /// Since when something has waited.
    private var since: NIODeadline?
    /// What waited when the timer was set.
    private var before = 0
    /// Whether any byte taken buys more time. Not where pictures are sent: whoever takes minutes for one holds it, and
    /// never sees a new one.
    var isPatient = true

    init(timeout: TimeAmount) {
        self.timeout = timeout
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            since = nil
        } else {
            since = .now()
            if timer == nil { set(timeout, context) }
        }
        context.fireChannelWritabilityChanged()
    }

    private func set(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        before = buffered(context)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: time) {
            let (handler, context) = bound.value
            handler.timer = nil
            handler.look(context)
        }
    }

    private func look(_ context: ChannelHandlerContext) {
        guard let since else { return }
        let left = since + timeout - .now()
        if left > .zero {
            set(left, context)
        } else if isPatient, buffered(context) < before {
            self.since = .now()
            set(timeout, context)
        } else {
            context.close(promise: nil)
        }
    }

    private func buffered(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}

@available(*, unavailable)
extension WriteDeadline: Sendable {}
