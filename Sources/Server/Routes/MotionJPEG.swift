import Hummingbird
import NIOCore
import WorkerLink

/// `stream.mjpeg`: a tap for everything that shows pictures and knows no WebSocket.
struct MotionJPEG: Sendable {
    let registry: StreamTapRegistry

    @Sendable func respond(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let feed = try registry.feed(at: context)
        let options = try StreamOptions(query: QueryParameters.pairs(request.uri))
        let channel = context.channel
        let body = ResponseBody { writer in
            let viewer = NIOLoopBoundBox.makeBoxSendingValue(
                MotionJPEGViewer(on: channel.eventLoop), eventLoop: channel.eventLoop)
            try await channel.eventLoop.submit {
                viewer.value.begin(feed, options)
            }.get()
            channel.closeFuture.whenComplete { _ in viewer.value.stop() }
            do {
                try await writer.write(ByteBuffer(string: "--\(SharedFrame.boundary)\r\n"))
                while let frame = try await channel.eventLoop.flatSubmit({ viewer.value.next() }).get() {
                    try await writer.write(frame.part)
                }
            } catch {
                channel.eventLoop.execute { viewer.value.stop() }
                throw error
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "multipart/x-mixed-replace; boundary=\(SharedFrame.boundary)",
                .cacheControl: "no-store", .connection: "close",
            ],
            body: body)
    }
}

/// A viewer whose pictures are fetched one by one. Confined to its event loop.
private final class MotionJPEGViewer: TapSubscriber {
    private let loop: any EventLoop
    private var feed: TapFeed?
    private var subscription: TapSubscription?
    private var waiting: EventLoopPromise<SharedFrame?>?
    private var hasEnded = false

    init(on loop: any EventLoop) {
        self.loop = loop
    }

    func begin(_ feed: TapFeed, _ options: StreamOptions) {
        self.feed = feed
        subscription = feed.subscribe(self, variant: options.variant, fps: options.fps, on: loop)
    }

    /// The next picture, or nil when there will be none.
    func next() -> EventLoopFuture<SharedFrame?> {
        let promise = loop.makePromise(of: SharedFrame?.self)
        waiting = promise
        subscription?.resume()
        if hasEnded { finish() }
        return promise.futureResult
    }

    func stop() {
        hasEnded = true
        if let feed, let subscription { feed.unsubscribe(subscription, on: loop) }
        (feed, subscription) = (nil, nil)
        finish()
    }

    private func finish() {
        waiting?.succeed(nil)
        waiting = nil
    }

    var isReady: Bool { waiting != nil }

    func send(_ frame: SharedFrame) {
        waiting?.succeed(frame)
        waiting = nil
    }

    func stateChanged(_ change: InstanceStateChange) {}

    /// A picture that still waits to be fetched is the last there is: it is fetched before the end is.
    func ended(_ reason: FailureReason) {
        hasEnded = true
        finish()
    }
}
