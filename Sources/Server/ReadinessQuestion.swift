import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// Asks a server of this machine whether it takes work, as whoever watches over services does.
package struct ReadinessQuestion: Sendable {
    private let address: ListenAddress
    private let isSecure: Bool
    private let basePath: String

    /// - Parameter addresses: where to ask instead of where the configuration says that the server listens; the first counts.
    /// - Throws: `ServiceError` `configuration` where there is none that can be asked.
    package init(_ configuration: ServerConfiguration, at addresses: [ListenAddress] = []) throws(ServiceError) {
        let service = configuration.serviceSocket.flatMap { ListenAddress("unix:\($0)") }
        guard let address = (addresses + [service].compactMap(\.self) + configuration.addresses).first else {
            throw .configuration("there is no address to ask at")
        }
        self.address = address
        isSecure = address.isSecure ?? (configuration.tlsCertificate != nil && !address.isUnix)
        basePath = configuration.basePath?.text ?? ""
    }

    /// What `GET /readyz` is answered.
    package struct Answer: Sendable {
        /// Whether the server takes work.
        package var isReady: Bool
        /// JSON.
        package var body: String
    }

    /// - Parameter seconds: for all of it.
    /// - Throws: `ServiceError` `configuration` where nobody answers in time.
    package func ask(within seconds: Double) async throws(ServiceError) -> Answer {
        let limit = TimeAmount.nanoseconds(Int64(seconds * 1e9))
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let answer = loop.makePromise(of: String.self)
        let text: String
        do {
            let context = isSecure ? try Self.context() : nil
            let channel = try await connect(
                ClientBootstrap(group: loop).connectTimeout(limit).channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        if let context {
                            try channel.pipeline.syncOperations.addHandler(
                                try NIOSSLClientHandler(context: context, serverHostname: nil))
                        }
                        try channel.pipeline.syncOperations.addHandler(AnswerKeeper(answer))
                    }
                })
            let deadline = loop.scheduleTask(in: limit) { channel.close(promise: nil) }
            let request = "GET \(basePath)/readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            channel.writeAndFlush(ByteBuffer(string: request), promise: nil)
            text = try await answer.futureResult.get()
            deadline.cancel()
        } catch {
            answer.fail(error)
            throw .configuration("nobody answers at \(address): \(Self.words(of: error))")
        }
        guard let status = text.split(separator: " ", maxSplits: 2).dropFirst().first else {
            throw .configuration("there is no answer at \(address) within \(seconds) s")
        }
        return Answer(
            isReady: status == "200", body: text.range(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? "")
    }

    /// Of several addresses that a name has, the first one's.
    private static func words(of error: any Error) -> String {
        let cause = (error as? NIOConnectionError)?.connectionErrors.first?.error ?? error
        return (cause as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(cause)"
    }

    /// Who this is has been said by the address: a server's name in its certificate is another one.
    private static func context() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        return try NIOSSLContext(configuration: configuration)
    }

    private func connect(_ bootstrap: ClientBootstrap) async throws -> any Channel {
        switch address.place {
        case .unix(let path): return try await bootstrap.connect(unixDomainSocketPath: path).get()
        case .network(let host, let port):
            // All addresses of a machine are no address of it.
            let named = ["0.0.0.0": "127.0.0.1", "::": "::1"][host] ?? host
            return try await bootstrap.connect(host: named, port: port).get()
        case .inherited(_, let address, _): throw ServiceError.configuration("\(address) is another process's")
        }
    }
}

/// Keeps what comes until the other side has closed.
private final class AnswerKeeper: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private static let limit = 64 << 10
    private let answer: EventLoopPromise<String>
    private var kept = ByteBuffer()

    init(_ answer: EventLoopPromise<String>) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        kept.writeImmutableBuffer(unwrapInboundIn(data))
        if kept.readableBytes > Self.limit { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) { answer.succeed(String(buffer: kept)) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
