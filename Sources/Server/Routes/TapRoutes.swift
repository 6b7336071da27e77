import HTTPTypes
import Hummingbird
import NIOCore
import WorkerLink

/// `/api/vp/taps`: what every tap counts, and its newest picture.
struct TapRoutes {
    let registry: StreamTapRegistry
    let scaler: PictureScaler
    let book: AccessBook

    private struct Taps: Encodable { var taps: [String: TapMetrics] }
    private struct Instances: Encodable { var instances: [String: Taps] }

    func add(to router: Router<ServiceContext>) {
        router.endpoint(
            "/api/vp/taps",
            [
                .get: .list { [registry] _, context in
                    let rights = context.caller.rights
                    let all = registry.all().filter { rights.sees(instance: $0.key) }
                    return .json(
                        Instances(
                            instances: Dictionary(
                                uniqueKeysWithValues: all.map { ($0, Self.taps($1, of: $0, rights)) })))
                }
            ])
        router.endpoint(
            "/api/vp/taps/{instance}",
            [
                .get: .inspect { [registry] _, context in
                    let instance = context.part("instance")
                    guard let feeds = registry.feeds(instance: instance) else {
                        throw ServiceError.unknownInstance(instance)
                    }
                    return .json(Self.taps(feeds, of: instance, context.caller.rights))
                }
            ])
        router.endpoint("/api/vp/taps/{instance}/{tap}/frame.jpg", [.get: .view(frame)])
        router.endpoint("/api/vp/taps/{instance}/{tap}/detections", [.get: .view(detections)])
        let motion = MotionJPEG(registry: registry, book: book)
        router.endpoint("/api/vp/taps/{instance}/{tap}/stream.mjpeg", [.get: .view(motion.respond)])
        for container in VideoStream.Container.allCases {
            let video = VideoStream(container: container, registry: registry, book: book)
            router.endpoint(
                RouterPath("/api/vp/taps/{instance}/{tap}/stream.\(container.rawValue)"), [.get: .view(video.respond)])
        }
        // A socket that was asked for in a way that cannot succeed.
        for path in ["/ws/vp", "/ws/vp/tap/{instance}/{tap}"] {
            router.endpoint(
                RouterPath(path),
                [
                    .get: .open { _, context in
                        if context.caller == .refused { throw ServiceError.badToken }
                        throw ServiceError.upgradeRequired
                    }
                ])
        }
    }

    private static func taps(_ feeds: [String: TapFeed], of instance: String, _ rights: Rights) -> Taps {
        Taps(taps: feeds.filter { rights.sees(instance: instance, tap: $0.key) }.mapValues(\.metrics))
    }

    @Sendable private func frame(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let feed = try registry.feed(at: context)
        let query = try PictureQuery(QueryParameters.pairs(request.uri))
        let frame = try await picture(query, of: feed, context)
        let tag = EntityTag(name: "\(feed.createdTag)-\(frame.sequence)-\(query.variant.tag)")
        var headers: HTTPFields = [
            .contentType: "image/jpeg", .cacheControl: "no-store", .xTimestamp: frame.timestamp,
            .xAge: String(CaptureTime.ageMilliseconds(frame.captured)), .eTag: tag.text,
        ]
        if frame.isDamaged { headers[.xDamaged] = "true" }
        if tag.isKnown(to: request) { return Response(status: .notModified, headers: headers) }
        return Response(
            status: .ok, headers: headers,
            body: .init(byteBuffer: try await jpeg(of: frame, feed, query.variant, context.limits.bound)))
    }

    /// - Throws: `no_picture`, to viewers without the words of why: they may say where a camera is.
    private func picture(
        _ query: PictureQuery, of feed: TapFeed, _ context: ServiceContext
    ) async throws(ServiceError) -> SharedFrame {
        do throws(ServiceError) {
            let picture = try await query.picture(of: feed, within: context.limits)
            // It was waited for.
            guard context.isStillGood() else { throw .badToken }
            try context.caller.allow(.view(instance: feed.instance, tap: feed.tap))
            return picture
        } catch  where error.code == .noPicture && !context.caller.rights.seesAll {
            var state = feed.instanceState
            state.message = nil
            throw .noPicture(tap: feed.tap, instance: feed.instance, state: state)
        }
    }

    /// In the size asked for, also where nobody is left to encode the frame in it.
    ///
    /// - Throws: `no_picture`: there is none but one that is larger than it may be.
    private func jpeg(
        of frame: SharedFrame, _ feed: TapFeed, _ asked: Variant, _ bound: PictureBound?
    ) async throws(ServiceError) -> ByteBuffer {
        let variant = feed.variant(for: asked, within: bound)
        guard frame.variant != variant, variant != .asIs else { return frame.jpeg }
        let key = PictureScaler.Key(
            instance: feed.instance, created: feed.createdTag, tap: feed.tap, sequence: frame.sequence, variant: variant
        )
        if let scaled = await scaler.picture(of: frame.jpeg, key) { return scaled }
        guard bound?.holds(frame.variant) ?? true else {
            throw .noPicture(
                tap: feed.tap, instance: feed.instance, state: InstanceStateChange(state: feed.instanceState.state))
        }
        return frame.jpeg
    }

    @Sendable private func detections(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let feed = try registry.feed(at: context)
        let frame = try await picture(PictureQuery(QueryParameters.pairs(request.uri)), of: feed, context)
        guard frame.detections.readableBytes > 0 else {
            throw ServiceError.notDetecting(tap: feed.tap, instance: feed.instance, attachPoint: feed.attachPoint)
        }
        // The counts come every 250 ms; those of a picture just made may still be under way.
        let counts = feed.detectionTotals ?? DetectionTotals()
        return .json(
            text: DetectionsAnswer(
                frame, instance: feed.instance, tap: feed.tap, counts: counts
            ).text)
    }
}

extension StreamTapRegistry {
    /// The tap that a path names.
    func feed(at context: ServiceContext) throws(ServiceError) -> TapFeed {
        let (instance, tap) = (context.part("instance"), context.part("tap"))
        if let feed = feed(instance: instance, tap: tap) { return feed }
        throw feeds(instance: instance) == nil ? .unknownInstance(instance) : .unknownTap(tap, instance: instance)
    }
}

extension HTTPField.Name {
    fileprivate static let xTimestamp = HTTPField.Name("X-Timestamp") ?? .server
    fileprivate static let xDamaged = HTTPField.Name("X-Damaged") ?? .server
    fileprivate static let xAge = HTTPField.Name("X-Age-Ms") ?? .server
}
