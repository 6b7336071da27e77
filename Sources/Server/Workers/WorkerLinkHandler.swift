import Foundation
import NIOCore
import NIOFoundationCompat
import WorkerLink

/// The server's end of a link: puts messages together, holds the worker to the rules, and hands on what is sound.
final class WorkerLinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// More messages other than frames in a second are a worker gone mad; it sends four, and a few at its start.
    private static let controlMessagesPerSecond = 200
    /// Bytes of them: the largest report that the link takes, each time one is due.
    private static let controlBytesPerSecond = 5 * Link.controlLimit

    private let listener: any WorkerListener
    private var assembler = LinkMessageAssembler()
    private var hasGreeted = false
    private var isBroken = false
    /// How many taps the plan has; nil before it is compiled.
    private var taps: Int?
    private var controlMessages = 0
    private var controlBytes = 0
    private var second: Int64 = 0

    init(listener: any WorkerListener) {
        self.listener = listener
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isBroken else { return }
        var input = unwrapInboundIn(data)
        do throws(LinkError) {
            while let message = try assembler.next(from: &input) {
                switch message.type {
                case .control: try received(control: message.payload, context: context)
                case .frame: try received(frame: message.payload)
                case .unit: try received(unit: message.payload)
                case .progress: try received(progress: message.payload)
                }
            }
        } catch {
            isBroken = true
            listener.violated(error)
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        listener.closed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A broken socket is the end of the link; why the worker went is told by its exit.
        context.close(promise: nil)
    }

    private func received(control payload: ByteBuffer, context: ChannelHandlerContext) throws(LinkError) {
        try limitRate(payload.readableBytes)
        let message = try ControlCodec.decode(WorkerMessage.self, from: payload.data)
        switch message {
        case .hello(let version, _):
            guard version == Link.version else { throw .version(version) }
            hasGreeted = true
        case .compiled(let plan):
            guard hasGreeted, taps == nil else { throw .malformed("compiled out of turn") }
            taps = plan.taps.count
        case .invalid, .stage, .ended:
            break
        }
        guard hasGreeted else { throw .malformed("no hello") }
        try listener.received(message, from: WorkerLinkOutput(channel: context.channel))
    }

    private func received(progress payload: ByteBuffer) throws(LinkError) {
        try limitRate(payload.readableBytes)
        guard hasGreeted else { throw .malformed("no hello") }
        listener.received(try Progress(payload: Array(payload.readableBytesView)))
    }

    private func received(frame payload: ByteBuffer) throws(LinkError) {
        var payload = payload
        let (header, detectionsLength) = try payload.withUnsafeReadableBytes { bytes throws(LinkError) in
            try FrameCodec.decode(bytes)
        }
        guard let taps, header.tap < taps else { throw .malformed("a frame of tap \(header.tap)") }
        payload.moveReaderIndex(forwardBy: FrameCodec.headerLength)
        guard let detections = payload.readSlice(length: detectionsLength) else {
            throw .malformed("detections of \(detectionsLength) bytes")
        }
        listener.received(ReceivedFrame(header: header, detections: detections, jpeg: payload.slice()))
    }

    private func received(unit payload: ByteBuffer) throws(LinkError) {
        var payload = payload
        let header = try payload.withUnsafeReadableBytes { bytes throws(LinkError) in try UnitCodec.decode(bytes) }
        guard let taps, header.tap < taps else { throw .malformed("a unit of tap \(header.tap)") }
        payload.moveReaderIndex(forwardBy: UnitCodec.headerLength)
        listener.received(ReceivedUnit(header: header, bytes: payload.slice()))
    }

    private func limitRate(_ bytes: Int) throws(LinkError) {
        let now = MonotonicClock.now() / 1_000_000_000
        if now != second {
            second = now
            controlMessages = 0
            controlBytes = 0
        }
        controlMessages += 1
        controlBytes += bytes
        guard controlMessages <= Self.controlMessagesPerSecond else { throw .malformed("too many control messages") }
        guard controlBytes <= Self.controlBytesPerSecond else { throw .malformed("too many bytes of control messages") }
    }
}

@available(*, unavailable)
extension WorkerLinkHandler: Sendable {}

extension ByteBuffer {
    /// The readable bytes, for as long as this buffer lives.
    fileprivate var data: Data {
        getData(at: readerIndex, length: readableBytes, byteTransferStrategy: .noCopy) ?? Data()
    }
}
