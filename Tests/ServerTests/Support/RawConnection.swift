import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// Bytes to and from a server, exactly as they are.
final class RawConnection: Sendable {
    let channel: any Channel
    private let received: Received

    private init(_ channel: any Channel, _ received: Received) {
        self.channel = channel
        self.received = received
    }

    static func open(port: Int, isSecure: Bool = false) async throws -> RawConnection {
        let received = Received()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if isSecure { try TLSClient.add(to: channel) }
                    try channel.pipeline.syncOperations.addHandler(Collector(received))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return RawConnection(channel, received)
    }

    func write(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    func write(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Reads until what has come since the last time `isEnough`, or to the end.
    func read(until isEnough: ([UInt8]) -> Bool = { _ in false }) async throws -> [UInt8] {
        try await eventually("bytes from the server", within: .seconds(20)) { received.take(if: isEnough) }
    }

    func close() async { try? await channel.close() }

    /// Bytes between the event loop and a test.
    private final class Received: Sendable {
        private let state = Mutex<(bytes: [UInt8], hasEnded: Bool)>(([], false))

        func add(_ part: ByteBuffer) { state.withLock { $0.bytes += part.readableBytesView } }
        func end() { state.withLock { $0.hasEnded = true } }

        func take(if isEnough: ([UInt8]) -> Bool) -> [UInt8]? {
            state.withLock { state in
                guard state.hasEnded || isEnough(state.bytes) else { return nil }
                defer { state.bytes = [] }
                return state.bytes
            }
        }
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let received: Received
        init(_ received: Received) { self.received = received }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) { received.add(Self.unwrapInboundIn(data)) }
        func channelInactive(context: ChannelHandlerContext) { received.end() }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
