import HTTPTypes
import Hummingbird
import NIOCore
import WorkerLink

/// `stream.mjpeg`: a tap for everything that shows pictures and knows no WebSocket.
struct MotionJPEG: Sendable {
    let registry: StreamTapRegistry
    let book: AccessBook

    @Sendable func respond(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let feed = try registry.feed(at: context)
        let options = try StreamOptions(query: QueryParameters.pairs(request.uri))
        // Its header alone is no viewer.
        if request.method == .head { return Response(status: .ok, headers: Self.headers) }
        let channel = context.channel
        try await channel.becomeViewer()
        try await book.hold(channel, for: context.caller, until: context.limits.until)
        let body = ResponseBody { writer in
            // The head and the first boundary go the ordinary way; they are on the loop's queue before what follows.
            try await writer.write(ByteBuffer(string: "--\(SharedFrame.boundary)\r\n"))
            try await channel.eventLoop.flatSubmit {
                do {
                    return try MotionJPEGViewer.watch(feed, options, context.limits, on: channel)
                } catch {
                    return channel.eventLoop.makeFailedFuture(error)
                }
            }.get()
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: Self.headers, body: body)
    }

    private static let headers = HTTPFields.stream(of: "multipart/x-mixed-replace; boundary=\(SharedFrame.boundary)")
}

/// A viewer whose pictures are parts of one long answer. Confined to its event loop.
private final class MotionJPEGViewer: TapSubscriber {
    private let output: DirectOutput
    private let finished: EventLoopPromise<Void>
    private var watched: (feed: TapFeed, subscription: TapSubscription)?
    private var hasEnded = false
    /// Whether every picture is sent, as it comes.
    private let takesAll: Bool
    private let bound: PictureBound?
    /// What was sent last, where that is not simply the newest.
    private var shown: SharedFrame?
    /// Number of the newest frame as it was looked whether there are any.
    private var newest: UInt64 = 0
    private var repetition: RepeatedTask?
    private var secondsWithout = 0
    /// Clients take a stream that is silent for one that is dead; and one who has gone is noticed by what is sent.
    private static let silence = TimeAmount.seconds(1)

    private init(output: DirectOutput, takesAll: Bool, bound: PictureBound?, finished: EventLoopPromise<Void>) {
        self.bound = bound
        self.output = output
        self.takesAll = takesAll
        self.finished = finished
    }

    /// - Returns: what succeeds when nothing more will be sent.
    static func watch(
        _ feed: TapFeed, _ options: StreamOptions, _ limits: ViewLimits, on channel: any Channel
    ) throws -> EventLoopFuture<Void> {
        let loop = channel.eventLoop
        try channel.pipeline.syncOperations.handler(type: WriteDeadline.self).isPatient = false
        let viewer = MotionJPEGViewer(
            output: try channel.pipeline.syncOperations.handler(type: DirectOutput.self),
            takesAll: options.fps == nil && feed.highestRate == nil && limits.maxFPS == nil, bound: limits.bound,
            finished: loop.makePromise())
        let subscription = feed.subscribe(viewer, variant: options.variant, fps: options.fps, within: limits, on: loop)
        guard !viewer.hasEnded else { return viewer.finished.futureResult }
        viewer.watched = (feed, subscription)
        viewer.output.becameFree = { [weak subscription] in subscription?.resume() }
        let bound = NIOLoopBound(viewer, eventLoop: loop)
        viewer.repetition = loop.scheduleRepeatedTask(initialDelay: silence, delay: silence) { _ in
            bound.value.showAgain()
        }
        channel.closeFuture.whenComplete { _ in bound.value.leave(on: loop) }
        return viewer.finished.futureResult
    }

    private func leave(on loop: any EventLoop) {
        if let watched { watched.feed.unsubscribe(watched.subscription, on: loop) }
        finish()
    }

    private func finish() {
        guard !hasEnded else { return }
        hasEnded = true
        (watched, output.becameFree, shown) = (nil, nil, nil)
        repetition?.cancel()
        finished.succeed()
    }

    var kind: ViewerKind { .mjpeg }

    private var form: SharedFrame.Form { output.isChunked ? .chunkedPart : .part }

    var direct: (output: DirectOutput, form: SharedFrame.Form)? { takesAll ? (output, form) : nil }

    var isReady: Bool { output.isFree }

    func send(_ delivery: inout Delivery) -> Int {
        if !takesAll { shown = delivery.frame }
        return write(&delivery)
    }

    /// A header of the part that is to come, where there has been no picture yet: any proxy and player takes one more of them,
    /// and none takes the connection for dead. As often as sockets are pinged.
    private func showWaiting(of feed: TapFeed) {
        secondsWithout += 1
        guard secondsWithout.isMultiple(of: 4) else { return }
        let header = "X-Waiting: \(secondsWithout)\r\n"
        let bytes = ByteBuffer(
            string: output.isChunked ? "\(String(header.utf8.count, radix: 16))\r\n\(header)\r\n" : header)
        output.send(bytes)
        feed.viewerNumbers.repeated(bytes.readableBytes, kind)
    }

    /// While no camera gives pictures, the last one once a second.
    private func showAgain() {
        guard let (feed, subscription) = watched, output.isFree else { return }
        guard newest == subscription.newest else {
            newest = subscription.newest
            return
        }
        guard newest > 0, let frame = shown ?? feed.newest(for: subscription.variant, within: bound) else {
            return showWaiting(of: feed)
        }
        var delivery = Delivery(frame)
        feed.viewerNumbers.repeated(write(&delivery), kind)
    }

    private func write(_ delivery: inout Delivery) -> Int {
        delivery.take(form)
        output.send(delivery.message)
        return delivery.message.readableBytes
    }

    func stateChanged(_ change: InstanceStateChange) {}

    func ended(_ reason: FailureReason) {
        // A picture that still waits for the socket is the last one there is: it goes first.
        watched?.subscription.flush()
        finish()
    }
}
