import Hummingbird

/// Finds out who has sent a request, once for all that ask.
struct ClientMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.client = try context.source.client(request.head)
        return try await next(request, context)
    }
}
