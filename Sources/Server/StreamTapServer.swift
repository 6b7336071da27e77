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
    private let logger: Logger
    private let log: LogOutput?

    /// A server that begins with `run`.
    ///
    /// - Parameter log: where `logger` writes, for what is counted and flushed there.
    package init(_ configuration: ServerConfiguration, logger: Logger, log: LogOutput? = nil) {
        self.configuration = configuration
        self.logger = logger
        self.log = log
    }

    /// Serves until SIGTERM or SIGINT; then ends within 3 s, whatever hangs.
    ///
    /// - Parameter started: called once the port is open; what it throws stops the server and is thrown here.
    /// - Throws: `ServiceError` when the configuration or the worker is wrong, or the port is taken.
    package func run(started: @escaping @Sendable (RunningServer) async throws -> Void = { _ in }) async throws {
        try configuration.validate()
        HostSandbox.closeMemory()
        if configuration.sandboxesWorkers {
            for missing in HostSandbox.missing { logger.warning("\(missing)") }
        }
        for missing in configuration.missingDirectories { logger.warning("there is no directory \(missing)") }
        let memory = try await ServerMemory(configuration.state, logger: logger)
        do {
            try await run(memory, started: started)
            await memory.close()
        } catch {
            await memory.close()
            throw error
        }
    }

    private func run(
        _ memory: ServerMemory, started: @escaping @Sendable (RunningServer) async throws -> Void
    ) async throws {
        var parts = try await ServerParts(configuration, memory: memory, logger: logger)
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
        let service = ServerService(
            configuration: configuration, parts: parts, logger: logger, log: log, started: started)
        let group = ServiceGroup(
            configuration: .init(
                services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger.quiet(logger)))
        service.stop.withLock { $0 = { await group.triggerGracefulShutdown() } }
        do {
            try await group.run()
        } catch let error as IOError {
            let reason = String(cString: strerror(error.errnoCode))
            throw ServiceError.configuration(
                "cannot listen on \(configuration.host):\(configuration.port): \(reason)")
        } catch is SocketAddressError.UnknownHost {
            throw ServiceError.configuration("cannot listen on \(configuration.host): no address has this name")
        }
        if let failure = service.failure.withLock({ $0 }) { throw failure }
    }
}

/// A server that is listening.
package struct RunningServer: Sendable {
    /// Where it listens, for people: `http://127.0.0.1:8277`.
    package let address: String
    /// The port that is open; the one the system chose where 0 was asked for.
    package let port: Int
    /// Its instances.
    package let manager: InstanceManager
}

/// The listener and the workers, stopped side by side.
private final class ServerService: Service {
    private let configuration: ServerConfiguration
    private let parts: ServerParts
    private let logger: Logger
    private let log: LogOutput?
    private let started: @Sendable (RunningServer) async throws -> Void
    let stop = Mutex<@Sendable () async -> Void>({})
    let failure = Mutex<(any Error)?>(nil)

    init(
        configuration: ServerConfiguration, parts: ServerParts, logger: Logger, log: LogOutput?,
        started: @escaping @Sendable (RunningServer) async throws -> Void
    ) {
        self.configuration = configuration
        self.parts = parts
        self.logger = logger
        self.log = log
        self.started = started
    }

    func run() async throws {
        let (bound, listening) = AsyncStream.makeStream(of: Int.self)
        let application = buildApplication(configuration, parts: parts, logger: Logger.quiet(logger)) { channel in
            listening.yield(channel.localAddress?.port ?? 0)
        }
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await application.run() }
                tasks.addTask { await self.announce(bound) }
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
        } onGracefulShutdown: { [parts, logger, log] in
            // Before anything that could wait for something.
            ExitDeadline.start(logger: logger, log: log)
            parts.readiness.stop()
            parts.memory.log.append(LoggedEvent(.serverStopped))
            logger.info("stopping")
        }
    }

    private func announce(_ bound: AsyncStream<Int>) async {
        guard let port = await bound.first(where: { _ in true }) else { return }
        await parts.manager.serves(onPort: port)
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        do {
            try await started(
                RunningServer(address: "http://\(host):\(port)", port: port, manager: parts.manager))
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
