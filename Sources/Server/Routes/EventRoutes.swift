import Hummingbird
import NIOCore

/// `/api/vp/events`: what has become of the server, and what becomes of it as server-sent events.
struct EventRoutes {
    private static let mediaType = "text/event-stream"

    let events: StateEvents
    let log: EventLog
    let book: AccessBook

    func add(to router: Router<ServiceContext>) {
        router.endpoint("/api/vp/events", [.get: .list(respond)])
    }

    @Sendable private func respond(_ request: Request, _ context: ServiceContext) async throws -> Response {
        guard request.accepts(Self.mediaType) else {
            guard request.headers[.accept] == nil || request.accepts("application/json", "application/*", "*/*") else {
                throw ServiceError.notAcceptable("application/json or \(Self.mediaType)")
            }
            return try await answer(EventQuery(QueryParameters.pairs(request.uri)), context.caller)
        }
        let channel = context.channel
        // `HEAD` is answered with GET's header, and stays a request.
        if request.method == .get { try await channel.becomeViewer() }
        try await book.hold(channel, for: context.caller)
        let body = ResponseBody { [events] writer in
            // The head goes the ordinary way, with something behind it; both are on the loop's queue before what follows.
            try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
            try await channel.eventLoop.flatSubmit {
                do {
                    return try EventStreamWatcher.watch(events, sees: context.caller.rights, on: channel)
                } catch {
                    return channel.eventLoop.makeFailedFuture(error)
                }
            }.get()
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: .stream(of: Self.mediaType), body: body)
    }
}

extension EventRoutes {
    /// The server's own events are nobody's but the operators'; viewers see what became of an instance,
    /// without the words, and not who has asked for it.
    private func answer(_ query: EventQuery, _ caller: Caller) async throws -> Response {
        guard let instance = query.instance else {
            try caller.allow(.read)
            return .json(EventAnswer(try await log.events(query)))
        }
        try caller.allow(.inspect(instance: instance))
        var events = try await log.events(query)
        if !caller.rights.seesAll {
            for place in events.indices { (events[place].message, events[place].by) = (nil, nil) }
        }
        return .json(EventAnswer(events))
    }
}

private struct EventAnswer: Encodable {
    var events: [LoggedEvent]

    init(_ events: [LoggedEvent]) {
        self.events = events
    }
}

/// One who watches through one long answer. Confined to its event loop.
private final class EventStreamWatcher: EventOutput {
    /// As often as sockets are pinged.
    private static let keepAlive = WebSocketLimits().pingInterval

    private let output: DirectOutput

    private init(output: DirectOutput) {
        self.output = output
    }

    /// - Returns: what succeeds when the connection is gone.
    static func watch(
        _ events: StateEvents, sees rights: Rights, on channel: any Channel
    ) throws -> EventLoopFuture<Void> {
        let loop = channel.eventLoop
        let pipeline = channel.pipeline.syncOperations
        let output = try pipeline.handler(type: DirectOutput.self)
        try pipeline.handler(type: WriteDeadline.self).isPatient = false
        let stream = EventStreamWatcher(output: output)
        let watcher = events.watch(stream, sees: rights, on: loop)
        output.becameFree = { events.resume(watcher, on: loop) }
        let bound = NIOLoopBound((stream, watcher), eventLoop: loop)
        let timer = loop.scheduleRepeatedTask(initialDelay: keepAlive, delay: keepAlive) { _ in
            let (stream, _) = bound.value
            if stream.output.hasBeenQuiet(), stream.isReady { stream.send(stream.framing.keepAlive) }
        }
        channel.closeFuture.whenComplete { _ in
            let (stream, watcher) = bound.value
            timer.cancel()
            stream.output.becameFree = nil
            events.unwatch(watcher, on: loop)
        }
        return channel.closeFuture
    }

    var framing: EventFraming { output.isChunked ? .chunkedEventStream : .eventStream }

    var isReady: Bool { output.isFree }

    func send(_ events: ByteBuffer) { output.send(events) }
}
