import NIOCore
import NIOHTTP1
import NIOPosix

/// One request to a camera, on a connection of its own, and its answer.
///
/// Whatever the camera does, it is over at the deadline, and no more than a document's length is kept. Redirects are an answer like
/// others: nobody goes there.
struct HTTPPost: Sendable {
    var address: ServiceAddress
    var headers: [(String, String)]
    var body: String

    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8]
    }

    /// - Throws: `CameraProblem` `unreachable`, `timeout` or `nonsense`.
    func answer(by deadline: NIODeadline) async throws(CameraProblem) -> Answer {
        guard let place = try? SocketAddress(ipAddress: "\(address.host)", port: address.port) else {
            throw CameraProblem(.unreachable, "\(address.authority) is no address")
        }
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: Answer.self)
        let timer = loop.scheduleTask(deadline: deadline) {
            promise.fail(CameraProblem(.timeout, "\(address.authority) does not answer in time"))
        }
        let head = head
        let body = body
        ClientBootstrap(group: loop)
            .connectTimeout(.seconds(5))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(
                        NIOHTTPClientResponseAggregator(maxContentLength: MarkupElement.Limit.length))
                    try channel.pipeline.syncOperations.addHandler(AnswerHandler(promise, from: address.authority))
                }
            }
            .connect(to: place)
            .whenComplete { result in
                switch result {
                case .failure(let error):
                    promise.fail(CameraProblem(.unreachable, "\(address.authority): \(Self.words(error))"))
                case .success(let channel):
                    promise.futureResult.whenComplete { _ in channel.close(promise: nil) }
                    channel.write(HTTPClientRequestPart.head(head), promise: nil)
                    channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(string: body))), promise: nil)
                    channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
                }
            }
        do {
            let answer = try await promise.futureResult.get()
            timer.cancel()
            return answer
        } catch {
            timer.cancel()
            throw error as? CameraProblem ?? CameraProblem(.unreachable, "\(address.authority): \(Self.words(error))")
        }
    }

    private var head: HTTPRequestHead {
        var fields = HTTPHeaders([("Host", address.authority), ("Connection", "close")])
        fields.add(contentsOf: headers)
        fields.add(name: "Content-Length", value: "\(body.utf8.count)")
        return HTTPRequestHead(version: .http1_1, method: .POST, uri: address.path, headers: fields)
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let cause = error.connectionErrors.first?.error { return words(cause) }
            return "no connection"
        case let error as IOError: return error.inWords
        case is ChannelError: return "no connection in time"
        default: return "no connection"
        }
    }
}

/// Takes the answer, or what became of the connection.
private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = NIOHTTPClientResponseFull
    private let promise: EventLoopPromise<HTTPPost.Answer>
    private let place: String

    init(_ promise: EventLoopPromise<HTTPPost.Answer>, from place: String) {
        self.promise = promise
        self.place = place
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let answer = Self.unwrapInboundIn(data)
        promise.succeed(
            HTTPPost.Answer(
                status: Int(answer.head.status.code), headers: answer.head.headers,
                body: answer.body.map { Array($0.readableBytesView) } ?? []))
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(CameraProblem(.unreachable, "\(place) closes the connection without an answer"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let isLong = error is NIOHTTPObjectAggregatorError
        promise.fail(
            CameraProblem(
                .nonsense,
                isLong
                    ? "\(place): its answer is longer than \(MarkupElement.Limit.length >> 10) KiB, or is no HTTP"
                    : "\(place): its answer is no HTTP"))
        context.close(promise: nil)
    }
}
