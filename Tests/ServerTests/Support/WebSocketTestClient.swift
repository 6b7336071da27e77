import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import Testing

/// A WebSocket client on NIO's own client upgrade.
final class WebSocketTestClient: Sendable {
    enum Message: Sendable {
        case text(String)
        case binary([UInt8])
        case ping([UInt8])
        case pong([UInt8])
        /// The server's close frame: 1005 when it carries no code.
        case close(Int)
    }

    let channel: any Channel
    private let received: AsyncStream<Message>

    private init(_ channel: any Channel, _ received: AsyncStream<Message>) {
        self.channel = channel
        self.received = received
    }

    struct Refused: Error {}

    /// - Parameter receiveBuffer: SO_RCVBUF, bytes; small ones fill up soon.
    static func connect(
        port: Int, _ path: String, headers: HTTPHeaders = [:], receiveBuffer: Int? = nil
    ) async throws -> WebSocketTestClient {
        let (received, sink) = AsyncStream.makeStream(of: Message.self)
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        if let receiveBuffer {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: .init(receiveBuffer))
        }
        let upgraded = try await bootstrap.connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path)
                head.headers = ["host": "127.0.0.1:\(port)", "content-length": "0"]
                head.headers.remove(name: "content-length")
                for (name, value) in headers { head.headers.replaceOrAdd(name: name, value: value) }
                let upgrader = NIOTypedWebSocketClientUpgrader<Bool>(maxFrameSize: 1 << 24) { channel, _ in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Collector(sink))
                        return true
                    }
                }
                var configuration = NIOUpgradableHTTPClientPipelineConfiguration(
                    upgradeConfiguration: .init(
                        upgradeRequestHead: head, upgraders: [upgrader],
                        notUpgradingCompletionHandler: { $0.eventLoop.makeSucceededFuture(false) }))
                // The first message may come in one piece with the 101.
                configuration.leftOverBytesStrategy = .forwardBytes
                return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
                    configuration: configuration
                ).map { (channel, $0) }
            }
        }
        let (channel, isUpgraded) = try await upgraded.get()
        guard isUpgraded else {
            try? await channel.close()
            throw Refused()
        }
        return WebSocketTestClient(channel, received)
    }

    /// The next message; pings are answered and passed over. Nil: the connection has ended.
    func next() async throws -> Message? {
        try await within {
            for await message in self.received {
                guard case .ping(let payload) = message else { return message }
                try await self.send(.pong, payload)
            }
            return nil
        }
    }

    /// The next message that is text, as JSON.
    func nextJSON() async throws -> [String: Any] {
        guard case .text(let text) = try await next() else { throw Refused() }
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    func send(_ opcode: WebSocketOpcode, _ payload: [UInt8], isFinal: Bool = true) async throws {
        try await channel.writeAndFlush(
            WebSocketFrame(fin: isFinal, opcode: opcode, maskKey: .random(), data: ByteBuffer(bytes: payload)))
    }

    /// From now on the socket is not read: the kernel's buffers fill up.
    func stopReading() async throws {
        try await channel.setOption(.autoRead, value: false).get()
    }

    func startReading() async throws {
        try await channel.setOption(.autoRead, value: true).get()
        channel.read()
    }

    func close() async { try? await channel.close() }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = WebSocketFrame
        private let sink: AsyncStream<Message>.Continuation
        init(_ sink: AsyncStream<Message>.Continuation) { self.sink = sink }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let frame = Self.unwrapInboundIn(data)
            let bytes = Array(frame.data.readableBytesView)
            switch frame.opcode {
            case .text: sink.yield(.text(String(decoding: bytes, as: UTF8.self)))
            case .binary: sink.yield(.binary(bytes))
            case .ping: sink.yield(.ping(bytes))
            case .pong: sink.yield(.pong(bytes))
            case .connectionClose:
                sink.yield(.close(bytes.count < 2 ? 1005 : Int(bytes[0]) << 8 | Int(bytes[1])))
            default: break
            }
        }

        func channelInactive(context: ChannelHandlerContext) { sink.finish() }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
