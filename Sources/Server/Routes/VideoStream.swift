import HTTPTypes
import Hummingbird
import NIOCore
import WorkerLink

/// `stream.mp4`, `stream.h264` and `stream.h265`: a tap's video as its camera sends it, for players.
///
/// Nothing is decoded or encoded for it. It begins with the last keyframe; who takes less than comes is cut to a later one.
struct VideoStream: Sendable {
    /// How it is put.
    enum Container: String, CaseIterable, Sendable {
        /// A fragment for each picture.
        case mp4
        /// A byte stream of access units.
        case h264, h265

        var mediaType: String {
            switch self {
            case .mp4: "video/mp4"
            case .h264: "video/h264"
            case .h265: "video/h265"
            }
        }

        /// What it can hold; nil: either.
        var coding: VideoCoding? {
            switch self {
            case .mp4: nil
            case .h264: .h264
            case .h265: .h265
            }
        }
    }

    let container: Container
    let registry: StreamTapRegistry
    let book: AccessBook

    @Sendable func respond(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let feed = try registry.feed(at: context)
        try StreamOptions.expectNone(query: QueryParameters.pairs(request.uri))
        guard let coding = feed.coding, container.coding.map({ $0 == coding }) ?? true else {
            throw ServiceError.notVideo(
                tap: feed.tap, instance: feed.instance, attachPoint: feed.attachPoint, wanted: container.coding)
        }
        guard context.limits.isWhole else {
            throw ServiceError.videoTooLarge(tap: feed.tap)
        }
        let headers = HTTPFields.stream(of: container.mediaType)
        if request.method == .head { return Response(status: .ok, headers: headers) }
        let channel = context.channel
        try await channel.becomeViewer()
        try await book.hold(channel, for: context.caller, until: context.limits.until)
        let body = ResponseBody { writer in
            // The head goes the ordinary way; it is on the loop's queue before what follows.
            try await channel.eventLoop.flatSubmit {
                do {
                    return try VideoStreamViewer.watch(feed, coding, isFile: container == .mp4, on: channel)
                } catch {
                    return channel.eventLoop.makeFailedFuture(error)
                }
            }.get()
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }
}

/// A viewer whose units are one long answer. Confined to its event loop.
private final class VideoStreamViewer: VideoSubscriber {
    private let coding: VideoCoding
    private let isFile: Bool
    private let output: DirectOutput
    private let finished: EventLoopPromise<Void>
    private var watched: (feed: TapFeed, subscription: VideoSubscription)?
    private var file: FragmentedMP4?
    private var hasEnded = false

    private init(_ coding: VideoCoding, isFile: Bool, output: DirectOutput, finished: EventLoopPromise<Void>) {
        self.coding = coding
        self.isFile = isFile
        self.output = output
        self.finished = finished
    }

    /// - Returns: what succeeds when nothing more will be sent.
    static func watch(
        _ feed: TapFeed, _ coding: VideoCoding, isFile: Bool, on channel: any Channel
    ) throws -> EventLoopFuture<Void> {
        let loop = channel.eventLoop
        try channel.pipeline.syncOperations.handler(type: WriteDeadline.self).isPatient = false
        let viewer = VideoStreamViewer(
            coding, isFile: isFile,
            output: try channel.pipeline.syncOperations.handler(type: DirectOutput.self),
            finished: loop.makePromise())
        // Players and recorders want all of it, as long as it is there.
        let subscription = feed.subscribe(video: viewer, patience: .max, on: loop)
        guard !viewer.hasEnded else {
            feed.unsubscribe(subscription, on: loop)
            return viewer.finished.futureResult
        }
        viewer.watched = (feed, subscription)
        viewer.output.becameFree = { [weak subscription] in subscription?.resume() }
        let bound = NIOLoopBound(viewer, eventLoop: loop)
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
        (watched, output.becameFree) = (nil, nil)
        finished.succeed()
    }

    var isReady: Bool { output.isFree }

    /// It ends where its video is coded otherwise from here on, or, of a file, needs another header: who watches asks again.
    func send(_ unit: SharedUnit, isLeading: Bool, skipped: Int) -> Int? {
        guard unit.coding == coding else { return end() }
        guard isFile else { return write(ByteBuffer(), unit.byteStreamChunk) }
        var head = ByteBuffer()
        if file == nil {
            file = FragmentedMP4(beginningWith: unit)
            if let file { head = file.head }
        }
        guard file != nil else { return 0 }
        let sample = unit.sampleChunk
        let length = sample.readableBytes - SharedUnit.chunkEnd.utf8.count
        guard var fragment = file?.fragmentHead(of: unit, sampleLength: length) else { return end() }
        head.writeBuffer(&fragment)
        return write(head, sample)
    }

    private func end() -> Int? {
        let watched = watched
        finish()
        // Not while it is being served.
        if let watched {
            let bound = NIOLoopBound(watched, eventLoop: finished.futureResult.eventLoop)
            finished.futureResult.eventLoop.execute {
                bound.value.feed.unsubscribe(bound.value.subscription, on: bound.eventLoop)
            }
        }
        return nil
    }

    /// - Parameter chunk: shared bytes, and the end of a chunk behind them.
    private func write(_ head: ByteBuffer, _ chunk: ByteBuffer) -> Int {
        let length = head.readableBytes + chunk.readableBytes - SharedUnit.chunkEnd.utf8.count
        var prefix = ByteBuffer()
        if output.isChunked { prefix.writeString(String(length, radix: 16) + SharedUnit.chunkEnd) }
        prefix.writeImmutableBuffer(head)
        let body = output.isChunked ? chunk : SharedUnit.withoutChunkEnd(chunk)
        prefix.withUnsafeReadableBytes { output.send($0, body) }
        return prefix.readableBytes + body.readableBytes
    }

    func stateChanged(_ change: InstanceStateChange) {}

    func codingChanged() {
        if let feed = watched?.feed, feed.isCompiled, feed.coding != coding { _ = end() }
    }

    func ended(_ reason: FailureReason) {
        // What still waits for the socket is the last there is: it goes first.
        watched?.subscription.flush()
        finish()
    }
}
