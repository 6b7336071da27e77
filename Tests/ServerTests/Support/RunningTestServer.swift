import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import TestSupport
import Testing
import WorkerLink

@testable import Server

/// The real application on a real port, with taps that a test feeds itself.
struct RunningTestServer: Sendable {
    /// Of the first listener.
    let port: Int
    let listeners: [Listener]
    let parts: ServerParts
    let group: ServiceGroup

    func stop() async { await group.triggerGracefulShutdown() }

    /// Registers taps of an instance that is running.
    func addTaps(_ ids: String..., instance: String = "cam", state: InstanceState = .running) -> [TapFeed] {
        let feeds = ids.map { TestFrames.feed($0, instance: instance, state: state) }
        parts.registry.register(feeds, instance: instance)
        return feeds
    }

    static func run(
        allowsPlanText: Bool = true, framedBy origins: [FramingOrigin] = [], allowing pages: [String] = [],
        trusting proxies: [TrustedProxy] = [], outside: OutsideIdentity = OutsideIdentity(),
        at addresses: [ListenAddress]? = nil,
        certificate: ServerCertificate? = nil, basePath: String = "", log: RecordedLog? = nil,
        configure: (inout ServerParts) -> Void = { _ in },
        _ body: @escaping @Sendable (RunningTestServer) async throws -> Void
    ) async throws {
        var configuration = ServerConfiguration()
        configuration.port = 0
        configuration.allowsPlanText = allowsPlanText
        configuration.framingOrigins = origins
        configuration.allowedOrigins = pages
        configuration.trustedProxies = proxies
        configuration.outsideIdentity = outside
        configuration.basePath = BasePath(basePath)
        var parts = ServerParts.forTests()
        configure(&parts)
        var logger = log?.logger(.warning) ?? Logger(label: "test")
        if log == nil { logger.logLevel = .error }
        let (bound, listening) = AsyncStream.makeStream(of: [Listener].self)
        let application = buildApplication(
            configuration, parts: parts, at: addresses ?? configuration.addresses, certificate: certificate,
            logger: logger
        ) { listening.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { [parts] tasks in
            tasks.addTask {
                // Where it cannot listen, nobody waits for it.
                defer { listening.finish() }
                try await application.run()
            }
            guard let listeners = await bound.first(where: { _ in true }) else { return try await tasks.waitForAll() }
            let server = RunningTestServer(
                port: listeners.first?.port ?? 0, listeners: listeners, parts: parts, group: application)
            do {
                try await body(server)
            } catch {
                await server.stop()
                throw error
            }
            await server.stop()
            try await tasks.waitForAll()
        }
    }
}

extension RunningTestServer {
    /// A socket at one of its addresses.
    func watch(_ path: String) async throws -> WebSocketClient {
        try await WebSocketClient.connect(port: port, path: path)
    }
}

extension ServerParts {
    static func forTests() -> ServerParts {
        // Taps are fed by the tests, so no worker is ever started.
        let executable = WorkerExecutable(path: "/nonexistent/streamtap-worker")
        let registry = StreamTapRegistry()
        let library = PlanLibrary(directory: "/nonexistent")
        let events = StateEvents()
        return ServerParts(
            registry: registry,
            manager: InstanceManager(
                plans: library, registry: registry, executable: executable,
                inspector: PlanInspector(executable: executable),
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton, events: events,
                logger: Logger(label: "test")),
            catalog: PlanCatalog(library: library), events: events,
            scaler: PictureScaler(executable: executable))
    }
}

/// Feeds and frames that no worker made.
enum TestFrames {
    static func feed(
        _ tap: String = "live", instance: String = "cam", defaults: Variant = .asIs, fps: Double? = nil,
        state: InstanceState = .running, demandChanged: @escaping @Sendable () -> Void = {}
    ) -> TapFeed {
        let feed = TapFeed(
            instance: instance, tap: CompiledTap(id: tap, attachPoint: "gray", defaults: defaults, fps: fps),
            demandChanged: demandChanged)
        feed.attemptStarted()
        feed.instanceChanged(to: state, reason: nil, message: nil)
        return feed
    }

    /// Bytes with a JPEG's first and last marker; what is between tells frames apart.
    static func jpeg(_ number: Int, size: Int = 64) -> [UInt8] {
        [0xFF, 0xD8] + withUnsafeBytes(of: UInt32(truncatingIfNeeded: number).bigEndian, Array.init)
            + [UInt8](repeating: 0x55, count: max(0, size - 8)) + [0xFF, 0xD9]
    }

    static func frame(
        _ number: Int, variant: Variant = .asIs, once: UInt64 = 0, size: Int = 64, captured: Int64? = nil,
        detections: String = "", isDamaged: Bool = false
    ) -> ReceivedFrame {
        let now = MonotonicClock.now()
        return ReceivedFrame(
            header: FrameHeader(
                tap: 0, variant: variant, once: once, sequence: UInt64(number), captured: captured ?? now, encoded: now,
                encodeMicros: 900,
                width: 640, height: 360, isDamaged: isDamaged),
            detections: ByteBuffer(string: detections), jpeg: ByteBuffer(bytes: jpeg(number, size: size)))
    }

    /// The number that `jpeg` put into a picture.
    static func number(in jpeg: some Collection<UInt8>) -> Int? {
        guard jpeg.count >= 8, jpeg.starts(with: [0xFF, 0xD8]) else { return nil }
        return jpeg.dropFirst(2).prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }
}
