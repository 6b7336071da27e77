import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// All places where this server listens, and whoever has come to them.
struct HTTPListeners: Service {
    let addresses: [ListenAddress]
    /// Of Unix sockets' files.
    let socketMode: UInt32
    let certificate: ServerCertificate?
    /// Serves connections of one kind.
    let connections: @Sendable (_ isSecure: Bool, _ isUnix: Bool) -> UpgradableHTTP1Channel
    /// Called once all are open.
    let opened: @Sendable ([Listener]) async -> Void
    let logger: Logger

    private struct Arrival: Sendable {
        var connections: UpgradableHTTP1Channel
        var value: UpgradableHTTP1Channel.Value
    }

    /// - Throws: `ServiceError` when one of them cannot be opened; then none is.
    func run() async throws {
        let (arriving, arrivals) = AsyncStream.makeStream(of: Arrival.self)
        let listeners = try await open(arrivals)
        await opened(listeners)
        await withTaskCancellationOrGracefulShutdownHandler {
            await withDiscardingTaskGroup { tasks in
                for await arrival in arriving {
                    tasks.addTask { await arrival.connections.handle(value: arrival.value, logger: logger) }
                }
            }
        } onCancelOrGracefulShutdown: {
            let stopping = listeners.map { $0.stop() }
            guard let loop = stopping.first?.eventLoop else { return arrivals.finish() }
            EventLoopFuture.whenAllComplete(stopping, on: loop).whenComplete { _ in arrivals.finish() }
        }
    }

    private func open(_ arrivals: AsyncStream<Arrival>.Continuation) async throws -> [Listener] {
        var listeners: [Listener] = []
        do {
            for address in addresses {
                let isSecure = address.isSecure ?? (certificate != nil && !address.isUnix)
                let connections = connections(isSecure, address.isUnix)
                let listener = try await Listener.open(
                    address, isSecure: isSecure, socketMode: socketMode, among: addresses,
                    group: MultiThreadedEventLoopGroup.singleton
                ) { [logger] channel in
                    connections.setup(channel: channel, logger: logger).map {
                        arrivals.yield(Arrival(connections: connections, value: $0))
                    }
                }
                listeners.append(listener)
            }
            return listeners
        } catch {
            for listener in listeners { listener.close() }
            throw error
        }
    }
}
