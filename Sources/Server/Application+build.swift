import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Plans
import WorkerLink

/// The wiring: parts → routes → connections → application.
func buildApplication(
    _ configuration: ServerConfiguration, parts: ServerParts, logger: Logger,
    onServerRunning: @escaping @Sendable (any Channel) async -> Void = { _ in }
) -> some ApplicationProtocol {
    let hosts = HostRules(allowed: configuration.allowedHosts, origins: configuration.allowedOrigins)
    let unsent = UnsentMessages(limit: parts.httpLimits.unsentBytes)
    let router = Router(context: ServiceContext.self)
    router.add(middleware: CrossOriginMiddleware(rules: hosts))
    router.add(middleware: ErrorMiddleware())
    router.add(middleware: HostMiddleware(rules: hosts))
    HealthRoutes(readiness: parts.readiness, memory: parts.memory).add(to: router)
    PlanRoutes(
        library: parts.library, catalog: parts.catalog, stages: Set(parts.stages.map(\.name)),
        allowsPlanText: configuration.allowsPlanText,
        cameras: configuration.cameras,
        check: parts.check
    ).add(to: router)
    StageRoutes(stages: parts.stages).add(to: router)
    DeviceRoutes(devices: parts.devices).add(to: router)
    InstanceRoutes(manager: parts.manager, readiness: parts.readiness).add(to: router)
    DiscoveryRoutes(search: parts.search, readiness: parts.readiness).add(to: router)
    MotionRoutes(mover: parts.motion, manager: parts.manager, readiness: parts.readiness).add(to: router)
    TapRoutes(registry: parts.registry, scaler: parts.scaler).add(to: router)
    let lag = LoopLag(of: MultiThreadedEventLoopGroup.singleton)
    MetricsRoutes(
        manager: parts.manager, memory: parts.memory, registry: parts.registry, admission: parts.admission,
        events: parts.events, unsent: unsent, lag: lag, lostLogLines: parts.lostLogLines
    ).add(to: router)
    EventRoutes(events: parts.events, log: parts.memory.log).add(to: router)
    PageRoutes(framing: configuration.framingOrigins).add(to: router)
    return Application(
        responder: StreamResponder(base: router.buildResponder()),
        server: HTTPServerBuilder { responder in
            UpgradableHTTP1Channel(
                responder: responder, hosts: hosts,
                webSockets: WebSocketRoutes(registry: parts.registry, events: parts.events).endpoint(for:),
                httpLimits: parts.httpLimits, webSocketLimits: parts.webSocketLimits, admission: parts.admission,
                peer: parts.peer, unsent: unsent)
        },
        configuration: .init(address: .hostname(configuration.host, port: configuration.port), serverName: nil),
        services: [
            lag,
            StatePublisher(
                events: parts.events, manager: parts.manager, registry: parts.registry, plans: parts.catalog),
        ],
        onServerRunning: onServerRunning, logger: logger)
}
