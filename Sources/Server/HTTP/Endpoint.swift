import HTTPTypes
import Hummingbird

typealias Handler = @Sendable (Request, ServiceContext) async throws -> Response

/// What is done at one path with one method, and what that takes: there is none that could be reached without.
struct Endpoint: Sendable {
    private let action: @Sendable (ServiceContext) -> Action
    private let handler: Handler

    private init(_ handler: @escaping Handler, action: @escaping @Sendable (ServiceContext) -> Action) {
        (self.action, self.handler) = (action, handler)
    }

    /// For everybody, unknown ones too.
    static func open(_ handler: @escaping Handler) -> Self { Self(handler) { _ in .open } }
    /// For everybody who is known; it shows only what they may see.
    static func list(_ handler: @escaping Handler) -> Self { Self(handler) { _ in .list } }
    /// About the instance that the path names.
    static func inspect(_ handler: @escaping Handler) -> Self {
        Self(handler) { .inspect(instance: $0.part("instance")) }
    }
    /// Pictures of the tap that the path names.
    static func view(_ handler: @escaping Handler) -> Self {
        Self(handler) { .view(instance: $0.part("instance"), tap: $0.part("tap")) }
    }
    static func read(_ handler: @escaping Handler) -> Self { Self(handler) { _ in .read } }
    static func measure(_ handler: @escaping Handler) -> Self { Self(handler) { _ in .measure } }
    static func operate(_ handler: @escaping Handler) -> Self { Self(handler) { _ in .operate } }
    static func administer(_ handler: @escaping Handler) -> Self { Self(handler) { _ in .administer } }

    @Sendable func respond(_ request: Request, _ context: ServiceContext) async throws -> Response {
        var context = context
        let action = action(context)
        context.limits = try context.caller.allow(action)
        // What only shows something is nobody's doing.
        guard !request.method.isSafe else { return try await handler(request, context) }
        return try await Initiator.$name.withValue(context.caller.identity?.initiator) {
            try await change(request, context, action)
        }
    }

    private func change(_ request: Request, _ context: ServiceContext, _ action: Action) async throws -> Response {
        guard [.post, .put, .patch].contains(request.method), action != .open else {
            return try await handler(request, context)
        }
        // Whoever sends slowly may have been taken out before the last byte.
        var request = request
        request.body = .init(buffer: try await JSONBody.collect(request))
        guard context.isStillGood() else { throw ServiceError.badToken }
        return try await handler(request, context)
    }
}

extension HTTPRequest.Method {
    /// Whether nothing is changed by it (RFC 9110, 9.2.1).
    fileprivate var isSafe: Bool { [.get, .head, .options, .trace].contains(self) }
}
