import NIOCore
import NIOPosix
import WorkerLink

#if canImport(Glibc)
import Glibc
#endif

/// Takes acknowledgements, of which a server with many viewers gets thousands in a second.
protocol AcknowledgementReceiver: AnyObject {
    /// Who reads them; nil once the connection is gone.
    var reader: AcknowledgementReader? { get set }
    /// - Parameter isLate: it has lain there for a while, since nobody was woken for it.
    func received(_ acknowledgement: TapChannelFraming.Acknowledgement, isLate: Bool)
}

/// Picks acknowledgements out of what a client sends, where they stand whole in what was read; all else goes on as it
/// came, to the decoder.
///
/// Decoding a message, holding it against the rules and handing it through six handlers costs several times what such
/// a message is for. Which bytes begin a frame is known as long as every frame's head came in one piece; after the first
/// that did not, everything goes on.
///
/// Being woken for it costs more still. While pictures go to a socket, its loop has to do with it anyway: then the socket is
/// quiet, which means that the kernel tells only of more than one acknowledgement, and whoever sends the next picture
/// listens first. Confined to the loop.
final class AcknowledgementReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    private typealias Acknowledgement = TapChannelFraming.Acknowledgement

    private let receiver: any AcknowledgementReceiver
    private let quietSockets: QuietSockets
    private var budget: FrameBudget
    private var context: ChannelHandlerContext?
    private var socket: NIOBSDSocket.Handle?
    /// Bytes that still belong to a frame that went on.
    private var passing = 0
    private var isLost = false
    private(set) var isQuiet = false
    private var isKept = false
    /// Since the sockets were looked after last: somebody has listened, or waits for an acknowledgement.
    private var (hasListened, isAwaited) = (false, false)

    /// - Parameter budget: messages beyond it go on, to whoever judges them.
    init(_ receiver: any AcknowledgementReceiver, budget: FrameBudget, quietSockets: QuietSockets) {
        self.receiver = receiver
        self.budget = budget
        self.quietSockets = quietSockets
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        socket = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { $0 }
        receiver.reader = self
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        (self.context, socket, receiver.reader) = (nil, nil, nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // Its number may be another connection's from now on.
        socket = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        handOn(Self.unwrapInboundIn(data), to: context, isLate: false)
    }

    private func handOn(_ input: ByteBuffer, to context: ChannelHandlerContext, isLate: Bool) {
        var input = input
        while !isLost, input.readableBytes > 0 {
            if passing == 0 {
                let taken = input.withUnsafeReadableBytes { take(from: $0, isLate: isLate) }
                input.moveReaderIndex(forwardBy: taken)
                if input.readableBytes == 0 { return }
                guard let frame = Self.frameLength(input) else {
                    isLost = true
                    break
                }
                passing = frame
            }
            guard let part = input.readSlice(length: min(passing, input.readableBytes)) else { break }
            passing -= part.readableBytes
            context.fireChannelRead(Self.wrapInboundOut(part))
        }
        if input.readableBytes > 0 { context.fireChannelRead(Self.wrapInboundOut(input)) }
    }

    /// - Returns: bytes of the acknowledgements that it begins with.
    private func take(from bytes: UnsafeRawBufferPointer, isLate: Bool) -> Int {
        var taken = 0
        while let acknowledgement = Acknowledgement(frame: UnsafeRawBufferPointer(rebasing: bytes[taken...])),
            budget.spend(now: MonotonicClock.now())
        {
            receiver.received(acknowledgement, isLate: isLate)
            taken += Acknowledgement.frameLength
        }
        return taken
    }

    /// Bytes of the frame that begins here, head and all; nil where its head is not all there, or no frame has it.
    private static func frameLength(_ input: ByteBuffer) -> Int? {
        let start = input.readerIndex
        guard let second = input.getInteger(at: start + 1, as: UInt8.self) else { return nil }
        let mask = second & 0x80 == 0 ? 0 : 4
        switch second & 0x7F {
        case 126:
            guard let length = input.getInteger(at: start + 2, as: UInt16.self) else { return nil }
            return 4 + mask + Int(length)
        case 127:
            guard let length = input.getInteger(at: start + 2, as: UInt64.self), length < 1 << 48 else { return nil }
            return 10 + mask + Int(length)
        case let length:
            return 2 + mask + Int(length)
        }
    }

    // MARK: While pictures are sent

    /// Reads what nobody was woken for.
    func listen() {
        hasListened = true
        if !isKept, let context {
            isKept = true
            quietSockets.add(self, on: context.eventLoop)
        }
        guard isQuiet, let socket else { return }
        // Ends where an acknowledgement does.
        withUnsafeTemporaryAllocation(byteCount: 14 * Acknowledgement.frameLength, alignment: 1) { room in
            let count = recv(socket, room.baseAddress, room.count, CInt(MSG_DONTWAIT))
            // An end is told to the channel as well.
            guard count > 0 else { return }
            let bytes = UnsafeRawBufferPointer(rebasing: room[..<count])
            let taken = passing == 0 && !isLost ? take(from: bytes, isLate: true) : 0
            guard taken < count, let context else { return }
            handOn(ByteBuffer(bytes: bytes[taken...]), to: context, isLate: true)
            context.fireChannelReadComplete()
        }
    }

    /// The next picture waits for an acknowledgement, which is told of at once, until the sockets are looked after once more: where
    /// another channel keeps this one quiet, it is read with that one's next picture.
    func beWoken() {
        isAwaited = true
        set(quiet: false)
    }

    /// Looks whether it is, or is still, a socket to which pictures go.
    ///
    /// - Returns: whether to look again.
    func settle() -> Bool {
        set(quiet: hasListened && !isAwaited)
        isKept = hasListened && socket != nil
        (hasListened, isAwaited) = (false, false)
        return isKept
    }

    private func set(quiet: Bool) {
        guard quiet != isQuiet, let socket else { return }
        var bytes = CInt(quiet ? Acknowledgement.frameLength + 1 : 1)
        guard setsockopt(socket, SOL_SOCKET, SO_RCVLOWAT, &bytes, socklen_t(MemoryLayout.size(ofValue: bytes))) == 0
        else { return }
        isQuiet = quiet
    }
}

@available(*, unavailable)
extension AcknowledgementReader: Sendable {}
