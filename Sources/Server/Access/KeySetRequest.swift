import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One GET of a key set, on a connection of its own.
///
/// Whatever the other side does, it is over at the deadline, and no more is kept than a key set may have. A redirect is no answer:
/// the operator has said where the keys are.
struct KeySetRequest: Sendable {
    /// Why there is no answer.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Bytes; a provider's set has some thousands.
    static let longest = 256 << 10

    var address: KeySetAddress
    var timeout = TimeAmount.seconds(5)
    /// Whose certificates are believed; nil: those that this machine believes.
    var authorities: [NIOSSLCertificate]?

    /// - Throws: `Failure`.
    func answer() async throws -> [UInt8] {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let tls = try address.isSecure ? NIOSSLContext(configuration: configuration) : nil
        let promise = loop.makePromise(of: [UInt8].self)
        let timer = loop.scheduleTask(in: timeout) {
            promise.fail(Failure(description: "it does not answer within \(timeout.nanoseconds / 1_000_000_000) s"))
        }
        defer { timer.cancel() }
        let address = address
        ClientBootstrap(group: loop)
            .connectTimeout(timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls {
                        // An IP address is no name to be asked for (RFC 6066, 3); the certificate has to be for it all the same.
                        let name = (try? SocketAddress(ipAddress: address.host, port: 0)) == nil ? address.host : nil
                        try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
                    }
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(NIOHTTPClientResponseAggregator(maxContentLength: Self.longest))
                    try pipeline.addHandler(KeySetHandler(promise))
                }
            }
            .connect(host: address.host, port: address.port)
            .whenComplete { result in
                switch result {
                case .failure(let error): promise.fail(error)
                case .success(let channel):
                    promise.futureResult.whenComplete { _ in channel.close(promise: nil) }
                    let fields: HTTPHeaders = [
                        "Host": address.authority, "Accept": "application/json", "Connection": "close",
                    ]
                    let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: address.path, headers: fields)
                    channel.write(HTTPClientRequestPart.head(head), promise: nil)
                    channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
                }
            }
        do {
            return try await withTaskCancellationHandler {
                try await promise.futureResult.get()
            } onCancel: {
                promise.fail(Failure(description: "nobody waits for it any more"))
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(description: "\(error)")
        }
    }

    private var configuration: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let authorities { configuration.trustRoots = .certificates(authorities) }
        return configuration
    }
}

/// Takes the answer, or what became of the connection.
private final class KeySetHandler: ChannelInboundHandler {
    typealias InboundIn = NIOHTTPClientResponseFull
    private let promise: EventLoopPromise<[UInt8]>

    init(_ promise: EventLoopPromise<[UInt8]>) {
        self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let answer = Self.unwrapInboundIn(data)
        guard answer.head.status == .ok else {
            return promise.fail(KeySetRequest.Failure(description: "it answers \(answer.head.status.code)"))
        }
        promise.succeed(answer.body.map { Array($0.readableBytesView) } ?? [])
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(KeySetRequest.Failure(description: "it closes the connection without an answer"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let isLong = error is NIOHTTPObjectAggregatorError
        promise.fail(
            KeySetRequest.Failure(
                description: isLong ? "its answer is longer than \(KeySetRequest.longest >> 10) KiB" : "\(error)"))
        context.close(promise: nil)
    }
}
