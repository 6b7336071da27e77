import Foundation
import NIOCore
import NIOFoundationCompat
import WorkerLink

/// The server's end of a link. Runs on the link's event loop: frames go to their feeds right there, the rest to
/// `report`.
final class WorkerLinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// More control messages than this in a second are a worker gone mad; it sends four, and a few at its start.
    private static let controlMessagesPerSecond = 200

    private let taps: InstanceTaps
    private let report: @Sendable (WorkerEvent) -> Void
    private let closed: @Sendable () -> Void
    private let decoder = JSONDecoder()
    private var assembler = LinkMessageAssembler()
    private var hasGreeted = false
    private var isBroken = false
    private var feeds: [TapFeed] = []
    private var controlMessages = 0
    private var second: Int64 = 0

    /// - Parameter closed: the link is gone, for whatever reason; its worker should go, too.
    init(
        taps: InstanceTaps, report: @escaping @Sendable (WorkerEvent) -> Void, closed: @escaping @Sendable () -> Void
    ) {
        self.taps = taps
        self.report = report
        self.closed = closed
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isBroken else { return }
        var input = unwrapInboundIn(data)
        do throws(LinkError) {
            while let message = try assembler.next(from: &input) {
                switch message.type {
                case .control: try received(control: message.payload, context: context)
                case .frame: try received(frame: message.payload)
                }
            }
        } catch {
            isBroken = true
            report(.violated(error))
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        taps.detach()
        closed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A broken socket is the end of the link; why the worker went is told by its exit.
        context.close(promise: nil)
    }

    private func received(control payload: ByteBuffer, context: ChannelHandlerContext) throws(LinkError) {
        try limitRate()
        let message: WorkerMessage
        do {
            message = try decoder.decode(WorkerMessage.self, from: payload)
        } catch {
            throw .malformed("a control message of \(payload.readableBytes) bytes: \(error)")
        }
        switch message {
        case .hello(let version, _):
            guard version == Link.version else { throw .version(version) }
            hasGreeted = true
        case .compiled(let plan):
            guard hasGreeted, feeds.isEmpty else { throw .malformed("compiled out of turn") }
            feeds = taps.adopt(plan.taps)
            taps.attach(.init(eventLoop: context.eventLoop, send: sender(context)))
        case .progress(let progress):
            for tap in progress.taps {
                feeds.first { $0.tap == tap.tap }?.update(tap)
            }
        case .invalid, .stage, .ended:
            break
        }
        guard hasGreeted else { throw .malformed("no hello") }
        report(.said(message))
    }

    private func received(frame payload: ByteBuffer) throws(LinkError) {
        var payload = payload
        let (header, detectionsLength) = try payload.withUnsafeReadableBytes { bytes throws(LinkError) in
            try FrameCodec.decode(bytes)
        }
        guard feeds.indices.contains(header.tap) else { throw .malformed("a frame of tap \(header.tap)") }
        payload.moveReaderIndex(forwardBy: FrameCodec.headerLength)
        guard let detections = payload.readSlice(length: detectionsLength) else {
            throw .malformed("detections of \(detectionsLength) bytes")
        }
        feeds[header.tap].publish(ReceivedFrame(header: header, detections: detections, jpeg: payload.slice()))
    }

    private func sender(_ context: ChannelHandlerContext) -> @Sendable (Demand) -> Void {
        let channel = context.channel
        return { demand in
            // A demand too long for one message is refused here rather than by the worker; feeds bound theirs.
            guard let bytes = try? ServerMessage.demand(demand).onTheWire() else { return }
            channel.writeAndFlush(bytes, promise: nil)
        }
    }

    private func limitRate() throws(LinkError) {
        let now = MonotonicClock.now() / 1_000_000_000
        if now != second {
            second = now
            controlMessages = 0
        }
        controlMessages += 1
        guard controlMessages <= Self.controlMessagesPerSecond else { throw .malformed("too many control messages") }
    }
}
