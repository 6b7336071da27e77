import HTTPTypes
import Hummingbird
import NIOCore
import Plans
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

        var coding: VideoCoding { self == .h265 ? .h265 : .h264 }
    }

    let container: Container
    let registry: StreamTapRegistry
    let book: AccessBook

    @Sendable func respond(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let feed = try registry.feed(at: context)
        let query = QueryParameters.pairs(request.uri)
        _ = try StreamOptions(query: query)
        if let (name, value) = query.first(where: { TapOption(rawValue: $0.name) != nil }) {
            throw ServiceError.badQuery(name, value, "left out: video comes as the camera sends it")
        }
        guard feed.coding == container.coding else {
            throw ServiceError.notVideo(
                tap: feed.tap, instance: feed.instance, attachPoint: feed.attachPoint, wanted: container.coding.name)
        }
        guard context.limits.bound == nil, context.limits.maxFPS == nil else {
            throw ServiceError.videoTooLarge(tap: feed.tap)
        }
        let headers = HTTPFields.stream(of: container.mediaType)
        if request.method == .head { return Response(status: .ok, headers: headers) }
        let channel = context.channel
        try await channel.becomeViewer()
        try await book.hold(channel, for: context.caller, until: context.limits.until)
        let body = ResponseBody { [container] writer in
            let viewer = feed.video.watch()
            let numbers = feed.viewerNumbers
            defer {
                feed.video.leave(viewer)
                numbers.skipped(viewer.skipped, .video)
            }
            // Nobody writes to who has gone while a camera is silent.
            channel.closeFuture.whenComplete { _ in viewer.end() }
            var form = VideoForm(container: container)
            while let unit = await viewer.next(), let bytes = form.bytes(of: unit) {
                guard bytes.readableBytes > 0 else { continue }
                try await writer.write(bytes)
                let isLeading = unit.header.captured < viewer.arrived
                numbers.sent(
                    bytes.readableBytes, .video, age: isLeading ? nil : CaptureTime.age(unit.header.captured))
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }
}

/// What of one viewer's stream has been put so far.
private struct VideoForm {
    let container: VideoStream.Container
    private var file: FragmentedMP4?

    init(container: VideoStream.Container) { self.container = container }

    /// - Returns: nothing for what is before a beginning; nil where the stream ends: its video is coded otherwise from here on, or, of a
    ///   file, has another size, which needs another header. Whoever watches asks again.
    mutating func bytes(of unit: ReceivedUnit) -> ByteBuffer? {
        guard unit.header.coding == container.coding else { return nil }
        guard container == .mp4 else { return unit.bytes }
        guard file == nil else { return file?.fragment(of: unit) }
        guard var begun = FragmentedMP4(beginningWith: unit), var fragment = begun.fragment(of: unit) else {
            return ByteBuffer()
        }
        file = begun
        var bytes = begun.head
        bytes.writeBuffer(&fragment)
        return bytes
    }
}
