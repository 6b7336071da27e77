import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL
import NIOWebSocket

/// A connection that speaks HTTP/1.1 and becomes a WebSocket when a request asks for one.
struct UpgradableHTTP1Channel: HTTPChannelHandler {
    typealias HTTPChannel = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    enum Outcome: Sendable {
        case http(HTTPChannel)
        case webSocket
    }

    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let outcome: EventLoopFuture<Outcome>
    }

    var responder: Responder
    let hosts: HostRules
    let proxies: TrustedProxies
    let authenticator: Authenticator
    /// Nil: plain HTTP.
    var tls: NIOSSLContext?
    /// Whether they come by a Unix socket.
    var isUnix = false
    let webSockets: WebSocketEndpoints
    let httpLimits: HTTPLimits
    let webSocketLimits: WebSocketLimits
    let admission: Admission
    let peer: @Sendable (SocketAddress) -> String?
    let unsent: UnsentMessages
    let quietSockets = QuietSockets()

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let source = source(of: channel)
            // A trusted proxy's connections are counted as those of whoever they are for.
            let counted = source.isProxy ? nil : channel.remoteAddress.flatMap(peer)
            guard let place = admission.enter(from: counted) else {
                // Over TLS there is no word for it that costs nothing.
                return Value(channel: channel, outcome: tls == nil ? refuse(channel) : turnAway(channel))
            }
            let admitted = ConnectionPlace(place, of: admission)
            try channel.pipeline.syncOperations.addHandler(admitted)
            try SocketOptions.apply(to: channel, isUnix: isUnix)
            if let tls {
                try TLSDoor.add(
                    to: channel, tls, timeout: httpLimits.handshakeTimeout,
                    refusal: ServiceError.notTLS.connectionAnswer)
            }
            return Value(channel: channel, outcome: try configure(channel, source, admitted, logger))
        }
    }

    /// Where a channel's requests come from.
    func source(of channel: any Channel) -> ConnectionSource {
        ConnectionSource(
            peer: isUnix ? .unix : Peer(channel.remoteAddress), isSecure: tls != nil, proxies: proxies)
    }

    func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.outcome.get() {
            case .http(let channel):
                await handleHTTP(asyncChannel: channel, logger: logger)
            case .webSocket:
                try await withTaskCancellationHandler {
                    try await value.channel.closeFuture.get()
                } onCancel: {
                    value.channel.close(promise: nil)
                }
            }
        } catch {
            logger.debug("connection ended before its first request", metadata: ["error": "\(error)"])
        }
    }

    private func configure(
        _ channel: any Channel, _ source: ConnectionSource, _ place: ConnectionPlace, _ logger: Logger
    ) throws -> EventLoopFuture<Outcome> {
        let pipeline = channel.pipeline.syncOperations
        let output = DirectOutput(unsent: unsent, isEncrypted: tls != nil)
        let encoder = HTTPResponseEncoder()
        let decoder = ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: httpLimits.decoder),
            // It keeps what follows an upgrade, and reads none of it.
            maximumBufferSize: 64 << 10)
        let upgrader = WebSocketUpgrader(
            endpoints: webSockets, authenticator: authenticator, source: source, limits: webSocketLimits,
            quietSockets: quietSockets)
        let later = LaterUpgrade(upgrader: upgrader, encoder: encoder, decoder: decoder)
        let requestGuard = RequestGuard(
            limits: httpLimits, output: output, place: place, source: source, later: later
        ) { outcome(of: $0, from: source) }
        try pipeline.addHandler(output)
        try pipeline.addHandler(WriteDeadline(timeout: httpLimits.writeTimeout))
        try pipeline.addHandler(encoder)
        try pipeline.addHandler(decoder)
        try pipeline.addHandler(requestGuard)
        let upgrade = NIOTypedHTTPServerUpgradeHandler(
            httpEncoder: encoder, extraHTTPHandlers: [decoder, requestGuard],
            upgradeConfiguration: .init(
                upgraders: [upgrader],
                notUpgradingCompletionHandler: { channel in
                    channel.eventLoop.makeCompletedFuture { .http(try addHTTPHandlers(to: channel, logger)) }
                }))
        try pipeline.addHandler(upgrade)
        return upgrade.upgradeResultFuture
    }

    private func addHTTPHandlers(to channel: any Channel, _ logger: Logger) throws -> HTTPChannel {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        let idleTimeout = Duration.nanoseconds(httpLimits.idleTimeout.nanoseconds)
        try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: idleTimeout, logger: logger))
        return try HTTPChannel(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }

    /// Everything that decides an upgrade. What fails here goes to the router, which says why.
    private func outcome(of head: HTTPRequestHead, from source: ConnectionSource) -> RequestGuard.Upgrade {
        let headers = head.headers
        guard let client = try? source.client(head) else { return .refused }
        let isSound =
            head.method == .GET && head.version == .http1_1
            && headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
            && headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
            && headers["sec-websocket-version"] == ["13"] && headers["sec-websocket-key"].count == 1
            && headers["content-length"].allSatisfy { Int($0) == 0 } && !headers.contains(name: "transfer-encoding")
            && hosts.refusal(hosts: headers["host"], origins: headers["origin"], from: client) == nil
            && webSockets(head.uri) != nil
        guard isSound else { return .refused }
        switch authenticator.caller(PresentedCredentials(head, from: source, authenticator.outside)) {
        case .known: return .viewer
        // Whoever says nothing of who it is may say so first thing on the socket; what is signed is not looked at yet.
        case .nobody, .signed: return .stranger
        case .refused, .throughProxy: return .refused
        }
    }

    /// One connection too many.
    private func turnAway(_ channel: any Channel) -> EventLoopFuture<Outcome> {
        channel.eventLoop.execute { channel.close(promise: nil) }
        return channel.eventLoop.makeFailedFuture(ServiceError.tooManyConnections)
    }

    /// One connection too many: says so whatever it asks.
    private func refuse(_ channel: any Channel) -> EventLoopFuture<Outcome> {
        channel.eventLoop.execute { [admission] in
            channel.writeAndFlush(ServiceError.tooManyConnections.connectionAnswer, promise: nil)
            guard admission.startLingering() else { return channel.close(promise: nil) }
            // Nothing else reads here: what comes is thrown away.
            channel.linger()
            channel.closeFuture.whenComplete { _ in admission.stopLingering() }
        }
        return channel.eventLoop.makeFailedFuture(ServiceError.tooManyConnections)
    }
}
