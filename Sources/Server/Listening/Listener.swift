import Logging
import NIOCore
import NIOExtras
import NIOPosix
import Plans

/// One place where this server listens.
struct Listener: Sendable {
    /// For people: `https://127.0.0.1:8443`, `unix:/run/streamtap/http.sock`.
    let address: String
    /// Nil at a Unix socket.
    let port: Int?
    let isSecure: Bool
    private let channel: any Channel
    private let quiescing: ServerQuiescingHelper
    private let file: UnixSocket?

    /// - Parameters:
    ///   - connection: makes of an accepted channel what it has to be, on its loop.
    /// - Throws: `ServiceError` with words for people.
    static func open(
        _ address: ListenAddress, isSecure: Bool, socketMode: UInt32, among others: [ListenAddress],
        group: any EventLoopGroup, connection: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) async throws(ServiceError) -> Listener {
        let quiescing = ServerQuiescingHelper(group: group)
        var bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(quiescing.makeServerChannelHandler(channel: channel))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer(connection)
        var file: UnixSocket?
        do {
            let channel: any Channel
            switch address.place {
            case .network(let host, let port):
                // Where both are asked for, the one of IPv6 leaves the other its own.
                if host == "::", others.contains(where: { $0.place == .network(host: "0.0.0.0", port: port) }) {
                    let only = ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only)
                    bootstrap = bootstrap.serverChannelOption(only, value: 1)
                }
                channel = try await bootstrap.bind(host: host, port: port).get()
            case .unix(let path):
                let socket = try UnixSocket(at: path, mode: mode_t(socketMode))
                file = socket
                channel = try await bootstrap.withBoundSocket(socket.descriptor).get()
            case .inherited(let descriptor, _, _):
                channel = try await bootstrap.withBoundSocket(descriptor).get()
            }
            return Listener(address, isSecure: isSecure, channel, quiescing, file)
        } catch {
            file?.remove()
            throw ServiceError(listeningOn: address, error)
        }
    }

    private init(
        _ address: ListenAddress, isSecure: Bool, _ channel: any Channel, _ quiescing: ServerQuiescingHelper,
        _ file: UnixSocket?
    ) {
        (self.isSecure, self.channel, self.quiescing, self.file) = (isSecure, channel, quiescing, file)
        port = address.isUnix ? nil : channel.localAddress?.port
        let scheme = isSecure ? "https://" : "http://"
        switch address.place {
        case .network(let host, let asked):
            self.address = scheme + ListenAddress.authority(host, channel.localAddress?.port ?? asked)
        case .unix: self.address = "\(address)"
        case .inherited: self.address = address.isUnix ? "\(address)" : scheme + "\(address)"
        }
    }

    /// Accepts nobody any more, and asks those who are there to leave.
    func stop() -> EventLoopFuture<Void> {
        let stopped = channel.eventLoop.makePromise(of: Void.self)
        file?.remove()
        quiescing.initiateShutdown(promise: stopped)
        return stopped.futureResult
    }

    /// At once.
    func close() {
        file?.remove()
        channel.close(promise: nil)
    }
}

extension ServiceError {
    fileprivate init(listeningOn address: ListenAddress, _ error: any Error) {
        switch error {
        case let error as ServiceError: self = error
        case let error as IOError: self = .cannotListen("\(address)", error.errnoCode)
        case is SocketAddressError.UnknownHost:
            self = .configuration("cannot listen on \(address): no address has this name")
        default: self = .configuration("cannot listen on \(address): \(error)")
        }
    }
}
