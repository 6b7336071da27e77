import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// A way from clients to a server on this machine that a test can cut, or let nothing through.
public final class TCPProxy: Sendable {
    private struct State {
        var ends: [any Channel] = []
        var isStalled = false
    }

    /// Where clients connect.
    public let port: Int
    private let acceptor: any Channel
    private let ways: Ways

    public static func start(to target: Int) async throws -> TCPProxy {
        let ways = Ways()
        let acceptor = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Nothing is read before there is somebody to hand it to.
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { client in
                ClientBootstrap(group: client.eventLoop).channelOption(.autoRead, value: false)
                    .connect(host: "127.0.0.1", port: target)
                    .flatMapThrowing { server in
                        try client.pipeline.syncOperations.addHandler(Relay(to: server))
                        try server.pipeline.syncOperations.addHandler(Relay(to: client))
                        ways.add([client, server])
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return TCPProxy(acceptor, ways)
    }

    private init(_ acceptor: any Channel, _ ways: Ways) {
        self.acceptor = acceptor
        self.ways = ways
        port = acceptor.localAddress?.port ?? 0
    }

    deinit {
        acceptor.close(promise: nil)
        ways.cut()
    }

    /// Takes no byte from either side any more; connections stay, and new ones are accepted.
    public func stall() { ways.stall(true) }

    public func heal() { ways.stall(false) }

    /// Ends all connections without a farewell.
    public func cut() { ways.cut() }

    /// Both ends of all connections.
    private final class Ways: Sendable {
        private let state = Mutex(State())

        func add(_ ends: [any Channel]) {
            let isStalled = state.withLock { state in
                state.ends += ends
                return state.isStalled
            }
            if !isStalled { Self.read(ends, true) }
        }

        func stall(_ isStalled: Bool) {
            let ends = state.withLock { state in
                state.isStalled = isStalled
                return state.ends
            }
            Self.read(ends, !isStalled)
        }

        func cut() {
            let ends = state.withLock { state in
                defer { state.ends = [] }
                return state.ends
            }
            for end in ends {
                guard let options = end as? any SocketOptionProvider else { continue }
                // Closed like that, a connection is reset.
                options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in end.close(promise: nil) }
            }
        }

        private static func read(_ ends: [any Channel], _ reads: Bool) {
            for end in ends { end.setOption(.autoRead, value: reads).whenComplete { _ in } }
        }
    }
}

/// Hands on what it reads.
private final class Relay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(to other: any Channel) {
        self.other = other
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        other.write(unwrapInboundIn(data), promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) { other.flush() }

    func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
