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
    /// Whether something cannot be sent before an acknowledgement comes, which is to be told of at once then.
    var isAwaiting: Bool { get }
    /// - Parameter arrival: when it came; a stretch of time where it may have lain there unread.
    func received(_ acknowledgement: TapChannelFraming.Acknowledgement, arrival: ArrivalTime)
}

/// Picks acknowledgements out of what a client sends; all else goes on as it came, to the decoder.
///
/// Decoding a message, holding it against the rules and handing it through six handlers costs several times what such
/// a message is for. Where a read ends in a frame's head, or in what may become an acknowledgement, those bytes wait for the rest;
/// after what begins no frame, everything goes on.
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
    /// Whether what lies at the socket is what clients say. Behind TLS nothing can be read past the channel.
    private let readsSocket: Bool
    private var budget: FrameBudget
    private var context: ChannelHandlerContext?
    private var socket: NIOBSDSocket.Handle?
    /// Bytes that still belong to a frame that went on.
    private var passing = 0
    /// The beginning of a frame of which it is not known yet what it is; shorter than an acknowledgement.
    private var held = ByteBuffer()
    private var isLost = false
    private(set) var isQuiet = false
    private var isKept = false
    /// Since the sockets were looked after last.
    private var hasListened = false
    /// When there was nothing more to read.
    private var lastRead = MonotonicClock.now()

    /// - Parameter budget: messages beyond it go on, to whoever judges them.
    init(
        _ receiver: any AcknowledgementReceiver, budget: FrameBudget, quietSockets: QuietSockets,
        readsSocket: Bool = true
    ) {
        self.readsSocket = readsSocket
        self.receiver = receiver
        self.budget = budget
        self.quietSockets = quietSockets
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        receiver.reader = self
        if !readsSocket { return }
        socket = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { $0 }
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
        let input = Self.unwrapInboundIn(data)
        let now = MonotonicClock.now()
        // Of a quiet socket so many bytes lay there before anybody was woken.
        let unheard = isQuiet ? Acknowledgement.frameLength : 0
        handOn(input, to: context, Reading(since: lastRead, at: now, unheard: unheard))
        lastRead = now
    }

    /// When the bytes of one read came.
    private struct Reading {
        var since: Int64
        var at: Int64
        /// The first so many may have lain there since; the others came just then.
        var unheard: Int

        init(since: Int64, at now: Int64, unheard: Int = .max) {
            (self.since, at, self.unheard) = (since, now, unheard)
        }

        /// Of what ended behind so many of the bytes.
        func arrival(behind count: Int) -> ArrivalTime { ArrivalTime(from: count <= unheard ? since : at, to: at) }
    }

    private func handOn(_ part: ByteBuffer, to context: ChannelHandlerContext, _ reading: Reading) {
        var input = part
        let before = held.readableBytes
        if before > 0 {
            var part = part
            held.writeBuffer(&part)
            (input, held) = (held, ByteBuffer())
        }
        let length = input.readableBytes
        while !isLost, input.readableBytes > 0 {
            if passing == 0 {
                let done = length - input.readableBytes - before
                let taken = input.withUnsafeReadableBytes { take(from: $0, behind: done, reading) }
                input.moveReaderIndex(forwardBy: taken)
                switch input.withUnsafeReadableBytes(ClientFrame.init) {
                case .unknown:
                    held = input
                    return
                case .none:
                    isLost = true
                case .frame(let length):
                    passing = length
                }
                continue
            }
            guard let part = input.readSlice(length: min(passing, input.readableBytes)) else { break }
            passing -= part.readableBytes
            context.fireChannelRead(Self.wrapInboundOut(part))
        }
        if input.readableBytes > 0 { context.fireChannelRead(Self.wrapInboundOut(input)) }
    }

    /// - Parameter behind: bytes of the same reading that stood before these.
    /// - Returns: bytes of the acknowledgements that it begins with.
    private func take(from bytes: UnsafeRawBufferPointer, behind: Int, _ reading: Reading) -> Int {
        var taken = 0
        while let acknowledgement = Acknowledgement(frame: UnsafeRawBufferPointer(rebasing: bytes[taken...])),
            budget.spend(now: reading.at)
        {
            taken += Acknowledgement.frameLength
            receiver.received(acknowledgement, arrival: reading.arrival(behind: behind + taken))
        }
        return taken
    }

    // MARK: While pictures are sent

    /// Reads what nobody was woken for.
    func listen() {
        guard readsSocket else { return }
        hasListened = true
        if !isKept, let context {
            isKept = true
            quietSockets.add(self, on: context.eventLoop)
        }
        if isQuiet { read() }
    }

    private func read() {
        guard let socket else { return }
        // Ends where an acknowledgement does.
        withUnsafeTemporaryAllocation(byteCount: 14 * Acknowledgement.frameLength, alignment: 1) { room in
            let count = recv(socket, room.baseAddress, room.count, CInt(MSG_DONTWAIT))
            let now = MonotonicClock.now()
            defer { if count < room.count { lastRead = now } }
            // An end is told to the channel as well.
            guard count > 0 else { return }
            let bytes = UnsafeRawBufferPointer(rebasing: room[..<count])
            let reading = Reading(since: lastRead, at: now)
            let isWhole = passing == 0 && held.readableBytes == 0 && !isLost
            let taken = isWhole ? take(from: bytes, behind: 0, reading) : 0
            guard taken < count, let context else { return }
            handOn(ByteBuffer(bytes: bytes[taken...]), to: context, reading)
            context.fireChannelReadComplete()
        }
    }

    /// The next picture waits for an acknowledgement, which is told of at once from now on.
    func beWoken() {
        set(quiet: false)
    }

    /// Looks whether it is, or is still, a socket to which pictures go, and for none of which an acknowledgement is awaited.
    ///
    /// - Returns: whether to look again.
    func settle() -> Bool {
        set(quiet: hasListened && !receiver.isAwaiting)
        isKept = hasListened && socket != nil
        hasListened = false
        return isKept
    }

    private func set(quiet: Bool) {
        guard quiet != isQuiet, let socket else { return }
        var bytes = CInt(quiet ? Acknowledgement.frameLength + 1 : 1)
        guard setsockopt(socket, SOL_SOCKET, SO_RCVLOWAT, &bytes, socklen_t(MemoryLayout.size(ofValue: bytes))) == 0
        else { return }
        isQuiet = quiet
        // Whatever is read from now on has just come.
        if !quiet { read() }
    }
}

@available(*, unavailable)
extension AcknowledgementReader: Sendable {}

/// What the beginning of a client's frame says of it (RFC 6455, 5.2).
private enum ClientFrame {
    /// More has to be there: of its head, or of what may be an acknowledgement.
    case unknown
    /// Bytes of the frame, head and all.
    case frame(Int)
    /// No frame has such a head.
    case none

    init(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 2 else {
            self = .unknown
            return
        }
        let mask = bytes[1] & 0x80 == 0 ? 0 : 4
        let short = Int(bytes[1] & 0x7F)
        let head = 2 + (short == 127 ? 8 : short == 126 ? 2 : 0)
        guard bytes.count >= head else {
            self = .unknown
            return
        }
        let length = short < 126 ? UInt64(short) : bytes[2..<head].reduce(0) { $0 << 8 | UInt64($1) }
        if length >= 1 << 48 {
            self = .none
        } else if TapChannelFraming.Acknowledgement.mayBecome(bytes) {
            self = .unknown
        } else {
            self = .frame(head + mask + Int(length))
        }
    }
}
