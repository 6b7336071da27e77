import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#endif

/// Hands messages that viewers share to the socket, at once and in the same call, while nothing waits before them.
///
/// The way through a channel costs as much again as the system call that it ends in, and reports a change of
/// writability twice for each message. What the kernel does not take goes that way, so that order and back-pressure are
/// the channel's. Behind TLS everything does: the socket is another's there, and each viewer's bytes are its own. Stands before
/// every other handler but those of TLS; confined to the loop.
final class DirectOutput: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Whether a message sent now would leave at once, as far as anybody can tell. Kept here: a look at the channel costs
    /// a walk through memory that is not at hand, for each viewer and picture.
    private(set) var isFree = false
    private var isFinished = false
    private var socket: NIOBSDSocket.Handle?
    private let unsent: UnsentMessages
    /// Whether there is TLS between this and the socket.
    let isEncrypted: Bool
    private var isHeld = false
    /// Between the parts of one message.
    private var isEncrypting = false
    private var hasSent = false
    private var context: ChannelHandlerContext?
    /// Whether bodies are framed as chunks: not for HTTP/1.0.
    var isChunked = true
    /// Called when what was under way has left.
    var becameFree: (() -> Void)?

    init(unsent: UnsentMessages, isEncrypted: Bool = false) {
        self.unsent = unsent
        self.isEncrypted = isEncrypted
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        updateFree(context)
        // Not every channel has one, and behind TLS it must not be used.
        if isEncrypted { return }
        socket = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { $0 }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        release()
        (self.context, socket, becameFree) = (nil, nil, nil)
        isFree = false
    }

    func channelActive(context: ChannelHandlerContext) {
        updateFree(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        // Its number may be another connection's from now on.
        isFree = false
        socket = nil
        context.fireChannelInactive()
    }

    private func updateFree(_ context: ChannelHandlerContext) {
        isFree = context.channel.isWritable && context.channel.isActive && !isFinished
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // Whoever heard of it could put another message into the middle of this one.
        if isEncrypting { return }
        updateFree(context)
        if context.channel.isWritable {
            release()
            becameFree?()
        }
        context.fireChannelWritabilityChanged()
    }

    private func release() {
        if isHeld { unsent.release(self) }
        isHeld = false
    }

    /// Whether no message was sent since this was asked the last time.
    func hasBeenQuiet() -> Bool {
        defer { hasSent = false }
        return !hasSent
    }

    /// Whether anything that is sent can still arrive.
    var isOpen: Bool { context != nil && !isFinished }

    /// Nothing may follow.
    func finish() {
        isFinished = true
        isFree = false
    }

    /// Sends a message, or the whole of it behind what waits.
    func send(_ message: ByteBuffer) {
        hasSent = true
        if isEncrypted { return encrypt(nil, message) }
        var taken = 0
        if let socket, isFree {
            taken = message.withUnsafeReadableBytes { Self.send($0, to: socket) }
            if taken == message.readableBytes { return }
        }
        queue(message.after(taken))
    }

    /// Sends one message of two parts, of which viewers share the second.
    func send(_ prefix: UnsafeRawBufferPointer, _ body: ByteBuffer) {
        hasSent = true
        if isEncrypted { return encrypt(ByteBuffer(bytes: prefix), body) }
        var taken = 0
        if let socket, isFree {
            taken = body.withUnsafeReadableBytes { body in Self.send(prefix, body, to: socket) }
            if taken == prefix.count + body.readableBytes { return }
        }
        let ofPrefix = min(taken, prefix.count)
        if ofPrefix < prefix.count, !isFinished {
            context?.write(Self.wrapOutboundOut(ByteBuffer(bytes: prefix[ofPrefix...])), promise: nil)
        }
        queue(body.after(taken - ofPrefix))
    }

    /// The channel keeps it until the socket takes more.
    private func queue(_ message: ByteBuffer) {
        guard let context, !isFinished else { return }
        let channel = context.channel
        // Later: whoever sends may be going through a list that this viewer is on.
        isHeld = true
        unsent.hold(message, by: self) { channel.eventLoop.execute { channel.close(promise: nil) } }
        // One byte is within the watermark: the channel tells neither that it waits nor that it has left.
        guard message.readableBytes == 1 else {
            return context.writeAndFlush(Self.wrapOutboundOut(message), promise: nil)
        }
        isFree = false
        let left = channel.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        left.futureResult.whenSuccess {
            let output = bound.value
            if let context = output.context { output.channelWritabilityChanged(context: context) }
        }
        context.writeAndFlush(Self.wrapOutboundOut(message), promise: left)
    }

    /// TLS keeps a buffer for each connection, as large as the largest that it ever had to encrypt in one go; bytes.
    private static let encryptedPart = 48 << 10

    /// What the socket has not taken by then is this viewer's alone.
    private func encrypt(_ prefix: ByteBuffer?, _ message: ByteBuffer) {
        guard let context, !isFinished else { return }
        let channel = context.channel
        let wasWritable = channel.isWritable
        isFree = false
        isEncrypting = true
        if let prefix { context.write(Self.wrapOutboundOut(prefix), promise: nil) }
        var rest = message
        while self.context != nil, let part = rest.readSlice(length: min(rest.readableBytes, Self.encryptedPart)) {
            context.writeAndFlush(Self.wrapOutboundOut(part), promise: nil)
            if rest.readableBytes == 0 { break }
        }
        isEncrypting = false
        // A write that failed may have ended the connection.
        guard self.context != nil else { return }
        updateFree(context)
        if !channel.isWritable {
            isHeld = true
            unsent.hold(bytes: (prefix?.readableBytes ?? 0) + message.readableBytes, by: self) {
                channel.eventLoop.execute { channel.close(promise: nil) }
            }
        }
        if channel.isWritable != wasWritable { channelWritabilityChanged(context: context) }
    }

    /// - Returns: bytes that the kernel took; 0 where it takes none, or the connection is gone, which reading tells.
    private static func send(_ message: UnsafeRawBufferPointer, to socket: NIOBSDSocket.Handle) -> Int {
        max(0, Glibc.send(socket, message.baseAddress, message.count, flags))
    }

    private static func send(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, to socket: NIOBSDSocket.Handle
    ) -> Int {
        // The kernel reads from these only.
        withUnsafeTemporaryAllocation(of: iovec.self, capacity: 2) { parts in
            parts.initializeElement(
                at: 0, to: iovec(iov_base: UnsafeMutableRawPointer(mutating: first.baseAddress), iov_len: first.count))
            parts.initializeElement(
                at: 1, to: iovec(iov_base: UnsafeMutableRawPointer(mutating: second.baseAddress), iov_len: second.count)
            )
            var message = msghdr()
            message.msg_iov = parts.baseAddress
            message.msg_iovlen = 2
            return max(0, sendmsg(socket, &message, flags))
        }
    }

    /// A peer that is gone is an error to be told, not a signal.
    private static let flags = CInt(MSG_DONTWAIT | MSG_NOSIGNAL)
}

@available(*, unavailable)
extension DirectOutput: Sendable {}

extension ByteBuffer {
    /// What is left of the readable bytes behind so many of them.
    fileprivate func after(_ count: Int) -> ByteBuffer {
        var rest = self
        rest.moveReaderIndex(forwardBy: count)
        return rest
    }
}
