import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import WorkerLink

/// The wiring: parts → routes → connections → listeners.
///
/// - Parameters:
///   - addresses: where to listen.
///   - certificate: for those of them with TLS.
///   - opened: called once all of them are open.
func buildApplication(
    _ configuration: ServerConfiguration, parts: ServerParts, hosts: HostRules? = nil, at addresses: [ListenAddress],
    certificate: ServerCertificate? = nil, logger: Logger,
    opened: @escaping @Sendable ([Listener]) async -> Void = { _ in }
) -> ServiceGroup {
    let hosts = hosts ?? HostRules(allowed: configuration.allowedHosts, origins: configuration.allowedOrigins)
    let proxies = TrustedProxies(configuration.trustedProxies)
    let unsent = UnsentMessages(limit: parts.httpLimits.unsentBytes)
    let router = Router(context: ServiceContext.self)
    if let seconds = configuration.strictTransportSeconds {
        router.add(middleware: StrictTransportMiddleware(seconds: seconds))
    }
    router.add(middleware: CrossOriginMiddleware(rules: hosts))
    router.add(middleware: ErrorMiddleware())
    router.add(middleware: ClientMiddleware())
    router.add(middleware: HostMiddleware(rules: hosts))
    let authenticator = Authenticator(
        book: parts.accounts.book, outside: configuration.outsideIdentity, signed: parts.signedTokens)
    router.add(middleware: AuthenticationMiddleware(authenticator: authenticator))
    if let base = configuration.basePath { router.add(middleware: BasePathMiddleware(base: base)) }
    let lag = LoopLag(of: MultiThreadedEventLoopGroup.singleton)
    addRoutes(to: router, configuration, parts: parts, unsent: unsent, lag: lag)
    let base = configuration.basePath
    let sockets = WebSocketRoutes(registry: parts.registry, events: parts.events, authenticator: authenticator)
    let responder = BasePathResponder(base: base, next: StreamResponder(base: router.buildResponder()))
    let channels = UpgradableHTTP1Channel(
        responder: { _, _, _ in }, hosts: hosts, proxies: proxies, authenticator: authenticator,
        webSockets: { uri in BasePath.inside(base, uri).flatMap(sockets.endpoint(for:)) },
        httpLimits: parts.httpLimits, webSocketLimits: parts.webSocketLimits, admission: parts.admission,
        peer: parts.peer, unsent: unsent)
    let listeners = HTTPListeners(
        addresses: addresses, socketMode: configuration.socketMode, certificate: certificate,
        connections: { isSecure, isUnix in
            channels.serving(responder, tls: isSecure ? certificate?.context : nil, isUnix: isUnix, logger: logger)
        }, opened: opened, logger: logger)
    let publisher = StatePublisher(
        events: parts.events, manager: parts.manager, registry: parts.registry, plans: parts.catalog)
    let access = AccessWatch(
        book: parts.accounts.book, store: parts.accounts.store, signed: parts.signedTokens, logger: logger)
    let services: [any Service] = [lag, access, publisher] + (certificate.map { [$0] } ?? []) + [listeners]
    return ServiceGroup(configuration: ServiceGroupConfiguration(services: services, logger: logger))
}

/// Everything that can be asked for by HTTP.
func addRoutes(
    to router: Router<ServiceContext>, _ configuration: ServerConfiguration, parts: ServerParts, unsent: UnsentMessages,
    lag: LoopLag
) {
    HealthRoutes(readiness: parts.readiness, memory: parts.memory).add(to: router)
    PlanRoutes(
        library: parts.library, catalog: parts.catalog, stages: Set(parts.stages.map(\.name)),
        allowsPlanText: configuration.allowsPlanText,
        cameras: { [access = parts.search.access] in access.policy },
        check: parts.check
    ).add(to: router)
    StageRoutes(stages: parts.stages).add(to: router)
    DeviceRoutes(devices: parts.devices).add(to: router)
    InstanceRoutes(manager: parts.manager, readiness: parts.readiness).add(to: router)
    DiscoveryRoutes(search: parts.search, readiness: parts.readiness).add(to: router)
    MotionRoutes(mover: parts.motion, manager: parts.manager, readiness: parts.readiness).add(to: router)
    TapRoutes(registry: parts.registry, scaler: parts.scaler, book: parts.accounts.book).add(to: router)
    MetricsRoutes(
        manager: parts.manager, memory: parts.memory, registry: parts.registry, admission: parts.admission,
        events: parts.events, unsent: unsent, lag: lag, lostLogLines: parts.lostLogLines
    ).add(to: router)
    EventRoutes(events: parts.events, log: parts.memory.log, book: parts.accounts.book).add(to: router)
    SessionRoutes(accounts: parts.accounts).add(to: router)
    UserRoutes(accounts: parts.accounts).add(to: router)
    TokenRoutes(accounts: parts.accounts).add(to: router)
    ContractRoutes().add(to: router)
    PageRoutes(framing: configuration.framingOrigins).add(to: router)
}
