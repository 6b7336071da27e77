import HTTPTypes
import Hummingbird

/// Tells the routes who asks. What that lets them do, each route's `Endpoint` asks.
struct AuthenticationMiddleware: RouterMiddleware {
    let authenticator: Authenticator

    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let presented = PresentedCredentials(request, from: context.source, authenticator.outside)
        context.caller = await authenticator.verified(authenticator.caller(presented))
        if let identity = context.caller.identity {
            context.isStillGood = { [book = authenticator.book] in book.isGood(identity) }
        }
        return try await next(request, context)
    }
}
