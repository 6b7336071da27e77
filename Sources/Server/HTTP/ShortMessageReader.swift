import NIOCore
import NIOWebSocket
import WorkerLink

/// Takes short binary messages, of which some sockets get thousands in a second.
protocol ShortMessageReceiver: AnyObject {
    /// Bytes of the payload of such messages.
    static var shortMessageLength: Int { get }
    /// - Returns: false where this is no such message; then it goes the ordinary way.
    func received(short payload: ByteBuffer) -> Bool
}

/// Picks short binary messages out of what a client sends, where they stand whole in what was read; all else goes on as it
/// came, to the decoder.
///
/// Decoding a message, holding it against the rules and handing it through six handlers costs several times what such
/// a message is for. Which bytes begin a frame is known as long as every frame's head came in one piece; after the first
/// that did not, everything goes on.
final class ShortMessageReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let length: Int
    private let receiver: any ShortMessageReceiver
    private var budget: FrameBudget
    /// Bytes that still belong to a frame that went on.
    private var passing = 0
    private var isLost = false

    /// - Parameter budget: messages beyond it go on, to whoever judges them.
    init<Receiver: ShortMessageReceiver>(_ receiver: Receiver, budget: FrameBudget) {
        length = Receiver.shortMessageLength
        self.receiver = receiver
        self.budget = budget
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var input = Self.unwrapInboundIn(data)
        while !isLost, input.readableBytes > 0 {
            if passing == 0, take(from: &input) { continue }
            if passing == 0 {
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

    /// A frame that is final, binary, masked and of the length (RFC 6455, 5.2).
    private func take(from input: inout ByteBuffer) -> Bool {
        let start = input.readerIndex
        guard input.readableBytes >= 6 + length,
            input.getInteger(at: start, as: UInt16.self) == 0x8280 | UInt16(length),
            let mask = input.getBytes(at: start + 2, length: 4).flatMap(WebSocketMaskingKey.init),
            var payload = input.getSlice(at: start + 6, length: length), budget.spend(now: MonotonicClock.now())
        else { return false }
        payload.webSocketUnmask(mask)
        guard receiver.received(short: payload) else { return false }
        input.moveReaderIndex(forwardBy: 6 + length)
        return true
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
}

@available(*, unavailable)
extension ShortMessageReader: Sendable {}
