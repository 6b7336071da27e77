import NIOCore
import NIOHTTP1

/// Stands between the HTTP decoder and everything else: time limits, refused upgrades, protocol errors, closing.
///
/// NIO drops the head of a request whose upgrade is refused, upgrades only the first request of a connection, and
/// parses nothing after a request that asked for an upgrade. So an `Upgrade` that will not succeed is taken off here:
/// the router answers it like any other request, and the connection is closed after that. One that will succeed, on
/// a connection that a proxy has used before, is `LaterUpgrade`'s.
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Reading { case nothing, header, body }

    /// What becomes of a request for a socket.
    enum Upgrade: Sendable {
        /// The router answers it.
        case refused
        /// It will be a viewer's.
        case viewer
        /// It will be one of somebody who has yet to say who they are, and then takes a viewer's place.
        case stranger
    }

    private let limits: HTTPLimits
    private let upgrade: @Sendable (HTTPRequestHead) -> Upgrade
    private let output: DirectOutput
    private let place: ConnectionPlace
    private let source: ConnectionSource
    private let later: LaterUpgrade
    /// A request whose upgrade begins with its end.
    private var upgrading: HTTPRequestHead?
    private var reading = Reading.nothing
    private var requests = 0
    private var unanswered = 0
    private var sawPart = false
    private var isUpgrading = false
    /// The head of an answer has left, and its end has not.
    private var isAnswering = false
    /// Number of the request whose answer is the last one; those before it are answered first.
    private var last: Int?
    private var isClosing = false
    private var deadline: Scheduled<Void>?
    /// When the body has to be there, and how much of it has come since the timer was set, bytes.
    private var bodyEnd = NIODeadline.now()
    private var progress = 0

    init(
        limits: HTTPLimits, output: DirectOutput, place: ConnectionPlace, source: ConnectionSource, later: LaterUpgrade,
        upgrade: @escaping @Sendable (HTTPRequestHead) -> Upgrade
    ) {
        self.limits = limits
        self.place = place
        self.later = later
        self.source = source
        self.output = output
        self.upgrade = upgrade
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { beginHeader(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        isClosing = true
        deadline?.cancel()
    }

    func channelActive(context: ChannelHandlerContext) {
        beginHeader(context)
        context.fireChannelActive()
    }

    private func beginHeader(_ context: ChannelHandlerContext) {
        reading = .header
        place.resume()
        set(limits.headerTimeout, context)
    }

    private func beginBody(_ context: ChannelHandlerContext) {
        reading = .body
        place.resume()
        (bodyEnd, progress) = (.now() + limits.bodyTimeout, 0)
        set(min(limits.bodyProgressTimeout, limits.bodyTimeout), context)
    }

    private func set(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: time) {
            let (handler, context) = bound.value
            handler.look(context)
        }
    }

    /// One timer for a body, which looks what has come since: a timer for each part of it would cost more than the part.
    private func look(_ context: ChannelHandlerContext) {
        let left = bodyEnd - .now()
        guard reading == .body, progress >= limits.bodyProgress, left > .zero else { return refuse(.timeout, context) }
        progress = 0
        set(min(limits.bodyProgressTimeout, left), context)
    }

    private func finishReading() {
        reading = .nothing
        deadline?.cancel()
        deadline = nil
    }

    /// Where all is answered and nothing has come since, another connection may have this one's place.
    private func rest(_ context: ChannelHandlerContext) {
        guard reading == .nothing, unanswered == 0, !isClosing, !isUpgrading else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        place.rest {
            bound.eventLoop.execute {
                let (handler, context) = bound.value
                handler.giveWay(context)
            }
        }
    }

    private func giveWay(_ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        if reading == .nothing, unanswered == 0 { return linger(context) }
        // A request came meanwhile: it is the last one.
        last = last ?? (reading == .header ? requests + 1 : requests)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        sawPart = true
        guard !isClosing else { return }
        switch Self.unwrapInboundIn(data) {
        case .head(var head):
            requests += 1
            unanswered += 1
            beginBody(context)
            if head.version.major == 1, head.version.minor == 0 {
                // It knows neither chunks nor connections that stay, whatever it says.
                output.isChunked = false
                last = last ?? requests
                // Nor need it say whom it means, as checks of proxies do not; no browser asks like that.
                if !head.headers.contains(name: "host") {
                    head.headers.add(name: "host", value: "localhost")
                    // Which is no sign of being at this machine.
                    head.headers.add(name: "via", value: "1.0 unknown")
                }
            }
            // The decoder reads nothing behind it.
            if head.method == .CONNECT { last = last ?? requests }
            // The answer says so, too: a proxy that takes off what we are asked would send the next request here.
            if head.headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "close" }) {
                last = last ?? requests
            }
            // Two names: a proxy before us could mean the other one (RFC 9112, 3.2).
            if head.headers["host"].count > 1 { return refuse(.oneHost, context) }
            // Requests of several clients do not wait for each other's answers: proxies send one at a time.
            if source.isProxy, unanswered == 1, let client = try? source.client(head) {
                do throws(ServiceError) {
                    try place.serve(client.peer)
                } catch {
                    return refuse(error, context)
                }
            }
            if head.headers.contains(name: "upgrade") {
                let outcome = unanswered == 1 ? upgrade(head) : .refused
                if outcome != .refused {
                    do throws(ServiceError) {
                        if outcome == .viewer { try place.watch() }
                    } catch {
                        return refuse(error, context)
                    }
                    isUpgrading = true
                    if requests > 1 {
                        upgrading = head
                        return
                    }
                } else {
                    head.headers.remove(name: "upgrade")
                    last = last ?? requests
                }
            }
            context.fireChannelRead(Self.wrapInboundOut(.head(head)))
        case .body(let part):
            progress += part.readableBytes
            context.fireChannelRead(data)
        case .end:
            finishReading()
            rest(context)
            guard let head = upgrading else { return context.fireChannelRead(data) }
            later.begin(head, on: context, removing: self)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Bytes came and no part did: a header has begun.
        if !sawPart, reading == .nothing, !isClosing, !isUpgrading {
            beginHeader(context)
        }
        sawPart = false
        context.fireChannelReadComplete()
    }

    /// Whether what is being answered is the last request that will be.
    private var answersLast: Bool { last.map { requests - unanswered + 1 >= $0 } ?? false }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch Self.unwrapOutboundIn(data) {
        case .head(var head):
            isAnswering = true
            if !output.isChunked { head.version = .http1_0 }
            if head.headers["content-length"] == ["0"],
                head.headers["content-type"].first?.hasPrefix("multipart/") == true
            {
                // To HEAD: what GET would send ends with the connection. As HTTP/1.1 it would be given a last chunk.
                head.version = .http1_0
                head.headers.remove(name: "content-length")
            }
            if answersLast {
                head.headers.replaceOrAdd(name: "connection", value: "close")
            } else if head.headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "close" }) {
                last = requests - unanswered + 1
            }
            context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            isAnswering = false
            let isLast = answersLast
            unanswered = max(0, unanswered - 1)
            if source.isProxy, unanswered == 0 { try? place.serve(nil) }
            if isLast {
                context.writeAndFlush(data, promise: promise)
                linger(context)
            } else {
                context.write(data, promise: promise)
                rest(context)
            }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            let bound = context.loopBound
            if unanswered == 0, requests > 0 { return context.close(promise: nil) }
            // Somebody has only just come: the first request is still answered, and is the last.
            last = last ?? max(1, requests)
            context.eventLoop.scheduleTask(in: limits.quiesceTimeout) { bound.value.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.headerOverflow, is NIOHTTPDecoderError: refuse(.headerTooLarge, context)
        // What follows a request that was the last one is not read.
        case HTTPParserError.closedConnection: break
        // What follows something that was no HTTP is none either, and says so with each part of it that comes.
        case is HTTPParserError, is ByteToMessageDecoderError: refuse(.notHTTP, context)
        case is ByteToMessageDecoderError.PayloadTooLargeError: context.close(promise: nil)
        default: context.fireErrorCaught(error)
        }
    }

    /// Answers what cannot reach the router, and closes.
    private func refuse(_ error: ServiceError, _ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        // Before a request's first byte, or in the middle of an answer, there is nothing to say.
        let isSilent = requests == 0 && reading == .header && error.code == .timeout
        guard !isSilent, !isAnswering, unanswered == (reading == .body ? 1 : 0) else {
            return context.close(promise: nil)
        }
        context.write(Self.wrapOutboundOut(.head(error.connectionHead)), promise: nil)
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(error.body))), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
        linger(context)
    }

    private func linger(_ context: ChannelHandlerContext) {
        isClosing = true
        finishReading()
        context.channel.linger()
    }
}

@available(*, unavailable)
extension RequestGuard: Sendable {}
