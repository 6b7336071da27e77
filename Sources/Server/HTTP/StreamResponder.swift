import Hummingbird

/// Answers requests for what does not end in a task of their own.
///
/// A task keeps the memory that its calls took at their deepest, between routes and middleware, for as long as it lives; a
/// connection's lives as long as its stream, which needs a tenth of it.
struct StreamResponder<Base: HTTPResponder>: HTTPResponder where Base.Context: Sendable {
    let base: Base

    private static func isStream(_ path: String) -> Bool {
        path.contains("/stream.") || path.hasSuffix("/events")
    }

    func respond(to request: Request, context: Base.Context) async throws -> Response {
        guard Self.isStream(request.uri.path) else { return try await base.respond(to: request, context: context) }
        async let response = base.respond(to: request, context: context)
        return try await response
    }
}
