import NIOCore
import WorkerLink

/// Who hears what comes over a worker's link: on the link's event loop, in the worker's order.
protocol WorkerListener: Sendable {
    /// A control message in its turn: `hello` comes first, `compiled` once.
    ///
    /// - Throws: `LinkError` where it says what it cannot: then the worker has broken the rules of the link.
    func received(_ message: WorkerMessage, from link: WorkerLinkOutput) throws(LinkError)
    /// How the run goes, after `hello`.
    func received(_ progress: Progress)
    /// A frame of one of the taps that `compiled` named.
    func received(_ frame: ReceivedFrame)
    /// A unit of the video of one of those taps.
    func received(_ unit: ReceivedUnit)
    /// The worker broke the rules of the link; nothing that it says is heard any more.
    func violated(_ error: LinkError)
    /// The link is gone, for whatever reason.
    func closed()
}

/// The way to a worker, from its link's event loop or elsewhere.
struct WorkerLinkOutput: Sendable {
    let channel: any Channel

    var eventLoop: any EventLoop { channel.eventLoop }

    /// Sends a message; one that is too long for the link, or finds none, is lost.
    func send(_ message: ServerMessage) {
        guard let bytes = try? ControlCodec.encode(message) else { return }
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }
}
