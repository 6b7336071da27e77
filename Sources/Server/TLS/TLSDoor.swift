import NIOCore
import NIOSSL
import NIOTLS

/// What stands in a connection before everything else where there is TLS.
///
/// It looks at the first byte: who speaks plain HTTP is told so, in the language that they speak. And it gives a handshake its time:
/// a connection whose handshake does not end holds its place, as any other does, and no longer than that.
final class TLSDoor: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State { case fresh, handshaking, open, refused }

    private let timeout: TimeAmount
    private let refusal: ByteBuffer
    private var state = State.fresh
    private var deadline: Scheduled<Void>?

    /// - Parameters:
    ///   - timeout: for the whole handshake.
    ///   - refusal: what plain HTTP is answered with.
    init(timeout: TimeAmount, refusal: ByteBuffer) {
        (self.timeout, self.refusal) = (timeout, refusal)
    }

    /// Puts TLS before what follows in a connection.
    static func add(
        to channel: any Channel, _ context: NIOSSLContext, timeout: TimeAmount, refusal: ByteBuffer
    ) throws {
        let door = TLSDoor(timeout: timeout, refusal: refusal)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers([door, NIOSSLServerHandler(context: context), TLSDoorbell(door)])
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = context.loopBound
        deadline = context.eventLoop.scheduleTask(in: timeout) { bound.value.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    fileprivate func open() {
        state = .open
        deadline?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if state == .fresh { begin(Self.unwrapInboundIn(data), context) }
        // What else was sent is thrown away.
        if state != .refused { context.fireChannelRead(data) }
    }

    /// A handshake's first byte is always the same (RFC 8446, 5.1), and no method's.
    private func begin(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        guard let first = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) else { return }
        state = first == 22 ? .handshaking : .refused
        guard state == .refused else { return }
        deadline?.cancel()
        let isText = (UInt8(ascii: "A")...UInt8(ascii: "z")).contains(first)
        guard isText else { return context.close(promise: nil) }
        context.writeAndFlush(Self.wrapOutboundOut(refusal), promise: nil)
        // Closing at once, with bytes unread, could take the answer with it.
        context.close(mode: .output, promise: nil)
        let bound = context.loopBound
        deadline = context.eventLoop.scheduleTask(in: .seconds(1)) { bound.value.close(promise: nil) }
    }
}

@available(*, unavailable)
extension TLSDoor: Sendable {}

/// Tells the door that it is open, from the other side.
private final class TLSDoorbell: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let door: TLSDoor

    init(_ door: TLSDoor) {
        self.door = door
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        guard case .handshakeCompleted? = event as? TLSUserEvent else { return }
        door.open()
        _ = context.pipeline.syncOperations.removeHandler(self)
    }
}

@available(*, unavailable)
extension TLSDoorbell: Sendable {}
