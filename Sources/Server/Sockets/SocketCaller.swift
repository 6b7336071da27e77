import Foundation
import NIOCore
import NIOWebSocket
import WorkerLink

/// Who is at a socket: known by its request, or by what it says first, since scripts of a browser can send no header. Confined to
/// its event loop.
///
/// When what it was let in for is no longer true, the socket is closed.
final class SocketCaller {
    /// How long somebody unknown may take to say who it is.
    static let patience = TimeAmount.seconds(5)

    private let authenticator: Authenticator
    private var caller: Caller
    private var context: ChannelHandlerContext?
    private var lease: AccessBook.Lease?
    private var deadline: Scheduled<Void>?
    private var isVerifying = false

    init(_ caller: Caller, _ authenticator: Authenticator) {
        (self.caller, self.authenticator) = (caller, authenticator)
    }

    var rights: Rights { caller.rights }

    private var isKnown: Bool {
        if case .known = caller { true } else { false }
    }

    /// - Returns: whether it is known; otherwise what it says first is to say who it is.
    func begin(_ context: ChannelHandlerContext) -> Bool {
        self.context = context
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        if case .known(let identity) = caller {
            // Of one whose signature had to be looked at this is the first moment.
            guard isAdmitted(context) else {
                context.eventLoop.execute { bound.value.close(.tooManyViewers, .tryAgainLater) }
                return false
            }
            take(identity, context)
            return true
        }
        if case .signed = caller {
            // By now its signature was looked at, and is nobody's.
            context.eventLoop.execute { bound.value.close(.badToken) }
            return false
        }
        deadline = context.eventLoop.scheduleTask(in: Self.patience) { bound.value.close(.unauthenticated) }
        place(context)?.knock {
            // It may have said by then who it is.
            bound.eventLoop.execute { if !bound.value.isKnown { bound.value.close(.unauthenticated) } }
        }
        return false
    }

    private func place(_ context: ChannelHandlerContext) -> ConnectionPlace? {
        try? context.pipeline.syncOperations.handler(type: ConnectionPlace.self)
    }

    /// Whether there is a viewer's place for this socket, which it has then.
    private func isAdmitted(_ context: ChannelHandlerContext) -> Bool {
        // Tests of a socket alone have no connection.
        guard let place = place(context) else { return true }
        return (try? place.watch()) != nil
    }

    /// - Throws: `ServiceError` `unauthenticated` or `forbidden`; of what it may not know of, that it is unknown.
    @discardableResult
    func allow(_ action: Action) throws(ServiceError) -> ViewLimits { try caller.allow(action) }

    /// A message of somebody who is not known: `{"type":"authorize","token":…}`, and nothing else.
    ///
    /// - Parameter known: called on the loop once it is known; otherwise the socket is closed.
    func receive(_ message: WebSocketFrame, known: @escaping () -> Void) {
        struct Authorization: Decodable {
            var type: String
            var token: String
        }
        // What comes while a signature is looked at is not heard.
        guard let context, !isVerifying else { return }
        guard message.opcode == .text, message.length <= 9000,
            let said = try? JSONDecoder().decode(
                Authorization.self, from: Data(message.unmaskedData.readableBytesView)),
            said.type == "authorize"
        else { return close(message.opcode == .text ? .badToken : .unauthenticated) }
        let caller = authenticator.caller(token: said.token)
        guard case .signed = caller else { return become(caller, known) }
        isVerifying = true
        let bound = NIOLoopBound((self, known), eventLoop: context.eventLoop)
        context.eventLoop.makeFutureWithTask { [authenticator] in await authenticator.verified(caller) }
            .whenSuccess { verified in
                let (socket, known) = bound.value
                socket.become(verified, known)
            }
    }

    private func become(_ caller: Caller, _ known: () -> Void) {
        guard let context else { return }
        guard case .known(let identity) = caller else { return close(.badToken) }
        guard isAdmitted(context) else { return close(.tooManyViewers, .tryAgainLater) }
        deadline?.cancel()
        self.caller = caller
        take(identity, context)
        say(JSONText.object([("type", "authorized")]))
        known()
    }

    private func take(_ identity: Identity, _ context: ChannelHandlerContext) {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        lease = authenticator.book.lease(identity) {
            bound.eventLoop.execute { bound.value.close(.badToken) }
        }
    }

    /// Something of this socket that ends by the clock, as hours do in which a tap may be watched.
    ///
    /// - Parameter end: called on the loop.
    func lease(until: Date, end: @escaping () -> Void) -> AccessBook.Lease? {
        guard let context, case .known(let identity) = caller else { return nil }
        let bound = NIOLoopBound(end, eventLoop: context.eventLoop)
        return authenticator.book.lease(identity, until: until) { bound.eventLoop.execute { bound.value() } }
    }

    func giveBack(_ lease: AccessBook.Lease?) { lease.map(authenticator.book.giveBack) }

    /// The socket is gone.
    func leave() {
        deadline?.cancel()
        giveBack(lease)
        (lease, context) = (nil, nil)
    }

    private func close(_ error: ServiceError, _ code: WebSocketErrorCode = .policyViolation) {
        deadline?.cancel()
        say(
            JSONText.object([("type", "error"), ("code", error.code.rawValue), ("message", error.message)]))
        context?.triggerUserOutboundEvent(
            WebSocketClose(code: code, reason: error.code.rawValue), promise: nil)
    }

    private func say(_ text: String) {
        context?.writeAndFlush(NIOAny(WebSocketFraming.text(text)), promise: nil)
    }
}

@available(*, unavailable)
extension SocketCaller: Sendable {}

extension WebSocketErrorCode {
    /// There is no room just now (IANA's registry of close codes).
    fileprivate static let tryAgainLater = WebSocketErrorCode(codeNumber: 1013)
}
