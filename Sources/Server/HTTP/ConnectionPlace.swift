import NIOCore

/// A connection's place among those admitted. Confined to its loop; stands in the pipeline so that whoever serves the
/// connection finds it.
final class ConnectionPlace: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let admission: Admission
    private var place: Admission.Place
    private var isResting = false

    init(_ place: Admission.Place, of admission: Admission) {
        (self.place, self.admission) = (place, admission)
    }

    /// - Throws: `too_many_viewers`.
    func watch() throws(ServiceError) {
        guard admission.watch(&place) else { throw .tooManyViewers }
    }

    /// A socket that has to say first who it is.
    ///
    /// - Parameter giveWay: ends it; called on any thread.
    func knock(giveWay: @escaping @Sendable () -> Void) { admission.knock(place, giveWay: giveWay) }

    /// The connection waits for its next request, and gives way to another one of its address where there are too many.
    ///
    /// - Parameter giveWay: called on any thread.
    func rest(giveWay: @escaping @Sendable () -> Void) {
        isResting = true
        admission.rest(place, giveWay: giveWay)
    }

    /// A request begins.
    func resume() {
        guard isResting else { return }
        isResting = false
        admission.resume(place)
    }

    /// A proxy's connection serves a client, or none any more.
    ///
    /// - Throws: `too_many_connections`: of that client, all proxies' together.
    func serve(_ client: String?) throws(ServiceError) {
        guard admission.move(&place, to: client) else { throw .tooManyConnections }
    }

    func handlerRemoved(context: ChannelHandlerContext) { admission.leave(place) }
}

extension Channel {
    /// Counts this connection among the viewers from now on.
    ///
    /// - Throws: `too_many_viewers`.
    func becomeViewer() async throws {
        let admitted = try await eventLoop.submit {
            let place = try self.pipeline.syncOperations.handler(type: ConnectionPlace.self)
            return Result { () throws(ServiceError) in try place.watch() }
        }.get()
        try admitted.get()
    }
}

@available(*, unavailable)
extension ConnectionPlace: Sendable {}
