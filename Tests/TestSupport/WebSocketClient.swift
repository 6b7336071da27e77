import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
public import NIOWebSocket
import Synchronization

/// A WebSocket viewer that keeps what it is sent until a test takes it.
public final class WebSocketClient: Sendable {
    public enum Event: Hashable, Sendable {
        case text(String)
        case binary([UInt8])
        /// Pings are answered and not told of.
        case pong([UInt8])
        /// The last event; nil: the connection went without a close frame.
        case closed(code: Int?)
    }

    private let channel: any Channel
    private let mailbox: Mailbox

    /// Connects to a server on the loopback address.
    ///
    /// - Parameters:
    ///   - receiveBuffer: SO_RCVBUF, bytes; small ones fill up soon.
    ///   - isSecure: over TLS, whatever the certificate.
    /// - Throws: `ProcessFailure` when the server refuses the upgrade, otherwise what the connection throws.
    public static func connect(
        port: Int, path: String, headers: [(String, String)] = [], receiveBuffer: Int? = nil,
        isSecure: Bool = false
    ) async throws -> WebSocketClient {
        let mailbox = Mailbox()
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        if let receiveBuffer {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: .init(receiveBuffer))
        }
        let upgrade: EventLoopFuture<any Channel> = try await bootstrap.connect(host: "127.0.0.1", port: port) {
            channel in
            channel.eventLoop.makeCompletedFuture {
                if isSecure { try TLSClient.add(to: channel) }
                let upgrader = NIOTypedWebSocketClientUpgrader<any Channel>(
                    maxFrameSize: 1 << 25,
                    upgradePipelineHandler: { channel, _ in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(
                                NIOWebSocketFrameAggregator(
                                    minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1024,
                                    maxAccumulatedFrameSize: 1 << 25))
                            try channel.pipeline.syncOperations.addHandler(FrameReader(mailbox: mailbox))
                            return channel
                        }
                    })
                var fields = HTTPHeaders(headers)
                if !fields.contains(name: "Host") { fields.add(name: "Host", value: "127.0.0.1:\(port)") }
                let configuration = NIOTypedHTTPClientUpgradeConfiguration(
                    upgradeRequestHead: HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: fields),
                    upgraders: [upgrader],
                    notUpgradingCompletionHandler: { channel in
                        channel.close(promise: nil)
                        return channel.eventLoop.makeFailedFuture(ProcessFailure("the upgrade was refused"))
                    })
                var pipeline = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: configuration)
                // The first frames may come in one read with the answer to the upgrade.
                pipeline.leftOverBytesStrategy = .forwardBytes
                return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
                    configuration: pipeline)
            }
        }
        return WebSocketClient(channel: try await upgrade.get(), mailbox: mailbox)
    }

    private init(channel: any Channel, mailbox: Mailbox) {
        self.channel = channel
        self.mailbox = mailbox
    }

    deinit {
        channel.close(promise: nil)
    }

    /// The oldest event not yet taken, awaited.
    public func next(within limit: Duration = .seconds(20)) async throws -> Event {
        try await eventually("a WebSocket message", within: limit) { self.mailbox.take() }
    }

    /// The next event, which must be a binary message.
    public func nextBinary() async throws -> [UInt8] {
        let event = try await next()
        guard case .binary(let bytes) = event else { throw ProcessFailure("no binary message but \(event)") }
        return bytes
    }

    /// The next event, which must be a message of a JSON object.
    public func nextJSON() async throws -> [String: any Sendable] {
        let event = try await next()
        guard case .text(let text) = event,
            let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: any Sendable]
        else { throw ProcessFailure("no JSON object but \(event)") }
        return object
    }

    /// The next event that `match` accepts; what comes before it is thrown away.
    public func next<T>(
        _ what: String, within limit: Duration = .seconds(20), where match: (Event) throws -> T?
    ) async throws -> T {
        let deadline = ContinuousClock.now + limit
        while true {
            let event = try await next(within: max(.zero, deadline - .now))
            if let result = try match(event) { return result }
            if case .closed(let code) = event {
                throw ProcessFailure("closed with \(code.map(String.init) ?? "no code") before \(what)")
            }
        }
    }

    /// The next binary message; text before it is thrown away.
    public func picture(within limit: Duration = .seconds(20)) async throws -> [UInt8] {
        try await next("a picture", within: limit) { if case .binary(let bytes) = $0 { bytes } else { nil } }
    }

    /// The code that the server closes with; messages before it are thrown away.
    public func closeCode(within limit: Duration = .seconds(20)) async throws -> Int? {
        try await next("the close", within: limit) { event -> Int?? in
            if case .closed(let code) = event { .some(code) } else { nil }
        }
    }

    /// Takes everything that has come so far.
    public func drain() -> [Event] { mailbox.takeAll() }

    /// Whether bytes are taken off the socket; false makes this a stalled viewer.
    public func setReading(_ isReading: Bool) async throws {
        try await channel.setOption(.autoRead, value: isReading).get()
    }

    public func send(_ text: String) async throws {
        try await write(WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: ByteBuffer(string: text)))
    }

    public func ping() async throws {
        try await write(WebSocketFrame(fin: true, opcode: .ping, maskKey: .random(), data: ByteBuffer(string: "hello")))
    }

    /// Sends one frame as it is.
    public func send(_ opcode: WebSocketOpcode, _ payload: [UInt8], isFinal: Bool = true) async throws {
        try await write(
            WebSocketFrame(fin: isFinal, opcode: opcode, maskKey: .random(), data: ByteBuffer(bytes: payload)))
    }

    /// Nothing where the server has closed it.
    public func close() async throws {
        do { try await channel.close() } catch ChannelError.alreadyClosed {}
    }

    private func write(_ frame: WebSocketFrame) async throws {
        try await channel.writeAndFlush(frame)
    }
}

/// Events between the event loop and a test.
private final class Mailbox: Sendable {
    private let events = Mutex<[WebSocketClient.Event]>([])

    func put(_ event: WebSocketClient.Event) { events.withLock { $0.append(event) } }

    func take() -> WebSocketClient.Event? {
        events.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }

    func takeAll() -> [WebSocketClient.Event] {
        events.withLock { events in
            defer { events = [] }
            return events
        }
    }
}

private final class FrameReader: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let mailbox: Mailbox
    private var closeCode: Int?

    init(mailbox: Mailbox) {
        self.mailbox = mailbox
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        var bytes = frame.unmaskedData
        switch frame.opcode {
        case .text: mailbox.put(.text(String(buffer: bytes)))
        case .binary: mailbox.put(.binary(Array(buffer: bytes)))
        case .ping:
            let pong = WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: bytes)
            context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
        case .pong: mailbox.put(.pong(Array(buffer: bytes)))
        case .connectionClose:
            closeCode = bytes.readWebSocketErrorCode().map { Int(UInt16(webSocketErrorCode: $0)) }
            context.close(promise: nil)
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        mailbox.put(.closed(code: closeCode))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
