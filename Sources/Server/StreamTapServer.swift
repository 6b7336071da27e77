import Foundation
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import UnixSignals

/// The whole server, from configuration to the last worker's end.
package struct StreamTapServer: Sendable {
    private let configuration: ServerConfiguration
    private let sources: ConfigurationSources?
    private let logger: Logger
    private let log: LogOutput?

    /// A server that begins with `run`.
    ///
    /// - Parameters:
    ///   - sources: where the configuration is read again on SIGHUP; nil: that changes nothing.
    ///   - log: where `logger` writes, for what is counted and flushed there.
    package init(
        _ configuration: ServerConfiguration, sources: ConfigurationSources? = nil, logger: Logger,
        log: LogOutput? = nil
    ) {
        self.configuration = configuration
        self.sources = sources
        self.logger = logger
        self.log = log
    }

    /// Serves until SIGTERM or SIGINT; then ends within 3 s, whatever hangs.
    ///
    /// - Parameter started: called once the port is open; what it throws stops the server and is thrown here.
    /// - Throws: `ServiceError` when the configuration or the worker is wrong, or the port is taken.
    package func run(started: @escaping @Sendable (RunningServer) async throws -> Void = { _ in }) async throws {
        let hangUp = HangUp()
        let hangUps = await UnixSignalsSequence(trapping: .sighup)
        // What systemd hands over takes the place of what nobody has asked for.
        let inherited = try InheritedSockets.take()
        let systemd = NotifySocket.take()
        let addresses = inherited + (inherited.isEmpty ? configuration.addresses : configuration.listen)
        if !inherited.isEmpty, configuration.namesOneAddress {
            logger.warning(
                "host and port count for nothing: systemd hands over where to listen, as its socket unit says")
        }
        try configuration.validate(listeningOn: addresses)
        let certificate = try certificate()
        HostSandbox.closeMemory()
        if configuration.sandboxesWorkers {
            for missing in HostSandbox.missing { logger.warning("\(missing)") }
        }
        for missing in configuration.missingDirectories { logger.warning("there is no directory \(missing)") }
        let memory = try await ServerMemory(configuration.state, logger: logger)
        do {
            try await run(memory, at: addresses, certificate, systemd, hangUp, hangUps, started: started)
            await memory.close()
        } catch {
            await memory.close()
            throw error
        }
    }

    private func certificate() throws(ServiceError) -> ServerCertificate? {
        guard let certificate = configuration.tlsCertificate, let key = configuration.tlsKey else { return nil }
        return try ServerCertificate(certificate: certificate, key: key, logger: logger)
    }

    private func run(
        _ memory: ServerMemory, at addresses: [ListenAddress], _ certificate: ServerCertificate?,
        _ systemd: NotifySocket?, _ hangUp: HangUp, _ hangUps: UnixSignalsSequence,
        started: @escaping @Sendable (RunningServer) async throws -> Void
    ) async throws {
        var parts = try await ServerParts(configuration, memory: memory, logger: logger)
        parts.accounts = try await accounts(at: addresses)
        parts.signedTokens = try await SignedTokens(
            configuration.outsideIdentity, parts.accounts.book, logger: logger)
        defer { parts.accounts.store?.close() }
        if let log { parts.lostLogLines = { log.lost } }
        let descriptors = DescriptorLimit.raise()
        let limits = configuration.admission.fitting(descriptors: descriptors)
        parts.admission = Admission(limits)
        if limits.connections < configuration.maxConnections {
            logger.warning(
                "\(descriptors) descriptors are enough for \(limits.connections) connections, \(limits.viewers) of them viewers"
            )
        }
        memory.log.append(LoggedEvent(.serverStarted))
        await parts.devices.serves { [manager = parts.manager] in await manager.deviceUses() }
        let watch = DeviceWatch(parts.devices, events: parts.events, log: memory.log, logger: logger) {
            [manager = parts.manager] node, nodes in await manager.appeared(node, among: nodes)
        }
        defer { withExtendedLifetime(watch) {} }
        await parts.manager.restore()
        await parts.manager.declare(configuration.instances)
        let hosts = HostRules(allowed: configuration.allowedHosts, origins: configuration.allowedOrigins)
        let reload = sources.map {
            ServerReload(
                configuration, sources: $0, parts: parts, hosts: hosts, descriptors: descriptors, systemd: systemd,
                log: log, logger: logger)
        }
        let service = ServerService(
            configuration: configuration, addresses: addresses, certificate: certificate, parts: parts, hosts: hosts,
            systemd: systemd, logger: logger, log: log, started: started)
        let group = ServiceGroup(
            configuration: .init(
                services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger.quiet(logger)))
        service.stop.withLock { $0 = { await group.triggerGracefulShutdown() } }
        let listening = Task {
            // systemd must not be told of a reload that is over while the start is not.
            for await _ in service.start {}
            for await _ in hangUps {
                if hangUp.isEnd {
                    logger.info("the terminal has gone")
                    await group.triggerGracefulShutdown()
                } else if let reload {
                    await reload.reload()
                }
            }
        }
        defer { listening.cancel() }
        do {
            try await group.run()
        }
        if let failure = service.failure.withLock({ $0 }) { throw failure }
    }
}

extension ServerService {
    /// By the first address that a browser can open.
    private func firstAdminLink(_ addresses: [String], _ path: String) -> String? {
        guard parts.accounts.awaitsFirstAdmin, let address = addresses.first(where: { $0.hasPrefix("http") }) else {
            return nil
        }
        return "\(path.isEmpty ? address + "/" : address)#first-admin=\(parts.accounts.firstAdmin.key)"
    }
}

extension StreamTapServer {
    /// Who may come in. Says what an operator ought to know of it.
    ///
    /// - Throws: `ServiceError` when others could come in and nobody would be asked who they are.
    private func accounts(at addresses: [ListenAddress]) async throws(ServiceError) -> Accounts {
        // What is said of proxies says that there is one, and others behind it.
        let remote = addresses.first { !$0.isLocal }?.description ?? configuration.proxySign
        let outside = configuration.outsideIdentity
        let book = AccessBook(
            allowsAnyone: configuration.allowsAnyone, isLocal: remote == nil && !outside.isUsed,
            newcomers: outside.newcomers,
            limits: configuration.access)
        let accounts = try await Accounts(
            book, store: AccessStore(at: configuration.state), limits: configuration.access)
        if book.allowsAnyone {
            logger.warning("whoever reaches this server may do everything: --insecure-allow-anyone")
        } else if let remote, !outside.isUsed, book.records.users.isEmpty, book.records.tokens.isEmpty {
            let advice =
                accounts.store == nil
                ? "a server that keeps nothing has none; 'streamtap serve' with a state directory has"
                : "make the first with 'streamtap user add NAME --role admin'"
            throw .configuration(
                "\(remote) lets other machines in, and there are no users: \(advice) "
                    + "(--insecure-allow-anyone lets everybody do everything)")
        } else if book.isOpen {
            logger.info("there are no users: whoever is at this machine may do everything, and nobody else comes in")
        }
        return accounts
    }
}

/// A server that is listening.
package struct RunningServer: Sendable {
    /// Where it listens, for people: `http://127.0.0.1:8277`, with the ports that the system chose where 0 was asked for.
    package let addresses: [String]
    /// Where the first admin can be made, once; nil: there is one, or nothing is kept.
    package let firstAdminLink: String?
    /// Its instances.
    package let manager: InstanceManager
}

/// The listener and the workers, stopped side by side.
private final class ServerService: Service {
    private let configuration: ServerConfiguration
    private let addresses: [ListenAddress]
    private let certificate: ServerCertificate?
    private let parts: ServerParts
    private let hosts: HostRules
    private let systemd: NotifySocket?
    private let logger: Logger
    private let log: LogOutput?
    private let started: @Sendable (RunningServer) async throws -> Void
    /// Ends with the start.
    let start: AsyncStream<Never>
    private let isUp: AsyncStream<Never>.Continuation
    let stop = Mutex<@Sendable () async -> Void>({})
    let failure = Mutex<(any Error)?>(nil)

    init(
        configuration: ServerConfiguration, addresses: [ListenAddress], certificate: ServerCertificate?,
        parts: ServerParts, hosts: HostRules, systemd: NotifySocket?, logger: Logger, log: LogOutput?,
        started: @escaping @Sendable (RunningServer) async throws -> Void
    ) {
        self.configuration = configuration
        self.addresses = addresses
        self.certificate = certificate
        self.parts = parts
        self.hosts = hosts
        self.systemd = systemd
        self.logger = logger
        self.log = log
        self.started = started
        (start, isUp) = AsyncStream.makeStream(of: Never.self)
    }

    func run() async throws {
        let (bound, listening) = AsyncStream.makeStream(of: [Listener].self)
        let application = buildApplication(
            configuration, parts: parts, hosts: hosts, at: addresses, certificate: certificate,
            logger: Logger.quiet(logger)
        ) { listening.yield($0) }
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await application.run() }
                tasks.addTask { await self.announce(bound) }
                if let watch = systemd.map({ ServiceWatch($0, of: self.parts, logger: self.logger) }) {
                    tasks.addTask { await watch.run() }
                }
                tasks.addTask { [parts] in
                    // Cancelled means that the listener failed: then the workers end as well.
                    try? await gracefulShutdown()
                    async let motion: Void = parts.motion.stopAll(within: .seconds(2))
                    await parts.manager.shutdown()
                    await motion
                    listening.finish()
                }
                // Unlike waitForAll, this ends with the first failure and cancels the others.
                for try await _ in tasks {}
            }
        } onGracefulShutdown: { [parts, systemd, logger, log] in
            // Before anything that could wait for something.
            ExitDeadline.start(logger: logger, log: log)
            systemd?.stopping()
            parts.readiness.stop()
            parts.memory.log.append(LoggedEvent(.serverStopped))
            logger.info("stopping")
        }
    }

    private func announce(_ bound: AsyncStream<[Listener]>) async {
        guard let listeners = await bound.first(where: { _ in true }) else { return }
        await parts.manager.serves(onPorts: listeners.compactMap(\.port))
        let path = configuration.basePath.map { $0.text + "/" } ?? ""
        let addresses = listeners.map { $0.port == nil ? $0.address : $0.address + path }
        do {
            try await started(
                RunningServer(
                    addresses: addresses, firstAdminLink: firstAdminLink(addresses, path), manager: parts.manager))
            await systemd?.ready("listening on \(addresses.joined(separator: ", "))")
            isUp.finish()
        } catch {
            failure.withLock { $0 = error }
            let stop = stop.withLock { $0 }
            await stop()
        }
    }
}

extension Logger {
    /// Frameworks announce every step of a start and a stop; people read this log.
    fileprivate static func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        if logger.logLevel == .info { logger.logLevel = .notice }
        return logger
    }
}
