import HTTPTypes
import Hummingbird
import NIOCore
import WorkerLink

/// `/api/vp/taps`: what every tap counts, and its newest picture.
struct TapRoutes {
    let registry: StreamTapRegistry
    let scaler: PictureScaler

    private struct Taps: Encodable { var taps: [String: TapMetrics] }
    private struct Instances: Encodable { var instances: [String: Taps] }

    func add(to router: Router<ServiceContext>) {
        router.endpoint(
            "/api/vp/taps",
            [
                .get: { [registry] _, _ in
                    .json(Instances(instances: registry.all().mapValues { Taps(taps: $0.mapValues(\.metrics)) }))
                }
            ])
        router.endpoint(
            "/api/vp/taps/{instance}",
            [
                .get: { [registry] _, context in
                    let instance = context.part("instance")
                    guard let feeds = registry.feeds(instance: instance) else {
                        throw ServiceError.unknownInstance(instance)
                    }
                    return .json(Taps(taps: feeds.mapValues(\.metrics)))
                }
            ])
        router.endpoint("/api/vp/taps/{instance}/{tap}/frame.jpg", [.get: frame])
        router.endpoint("/api/vp/taps/{instance}/{tap}/detections", [.get: detections])
        let motion = MotionJPEG(registry: registry)
        router.endpoint("/api/vp/taps/{instance}/{tap}/stream.mjpeg", [.get: motion.respond])
        // A socket that was asked for in a way that cannot succeed.
        for path in ["/ws/vp", "/ws/vp/tap/{instance}/{tap}"] {
            router.endpoint(RouterPath(path), [.get: { _, _ in throw ServiceError.upgradeRequired }])
        }
    }

    @Sendable private func frame(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let feed = try registry.feed(at: context)
        let query = try PictureQuery(QueryParameters.pairs(request.uri))
        let frame = try await query.picture(of: feed)
        let tag = EntityTag(name: "\(feed.createdTag)-\(frame.sequence)-\(query.variant.tag)")
        var headers: HTTPFields = [
            .contentType: "image/jpeg", .cacheControl: "no-store", .xTimestamp: frame.timestamp,
            .xAge: String(CaptureTime.ageMilliseconds(frame.captured)), .eTag: tag.text,
        ]
        if frame.isDamaged { headers[.xDamaged] = "true" }
        if tag.isKnown(to: request) { return Response(status: .notModified, headers: headers) }
        return Response(
            status: .ok, headers: headers, body: .init(byteBuffer: await jpeg(of: frame, feed, query.variant)))
    }

    /// In the size asked for, also where nobody is left to encode the frame in it.
    private func jpeg(of frame: SharedFrame, _ feed: TapFeed, _ asked: Variant) async -> ByteBuffer {
        let variant = feed.variant(for: asked)
        guard frame.variant != variant, variant != .asIs else { return frame.jpeg }
        let key = PictureScaler.Key(
            instance: feed.instance, created: feed.createdTag, tap: feed.tap, sequence: frame.sequence, variant: variant
        )
        return await scaler.picture(of: frame.jpeg, key) ?? frame.jpeg
    }

    @Sendable private func detections(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let feed = try registry.feed(at: context)
        let frame = try await PictureQuery(QueryParameters.pairs(request.uri)).picture(of: feed)
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
