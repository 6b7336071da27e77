import HTTPTypes
import Hummingbird

/// Tells browsers that came over this server's own TLS never to come without it again (RFC 6797).
///
/// Only where somebody asks for it: it holds for everything at this name, whatever port it is at and whoever serves it there, and
/// cannot be taken back from a browser that does not come any more.
struct StrictTransportMiddleware: RouterMiddleware {
    /// For which a browser remembers.
    let seconds: Int

    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        if context.source.isSecure { response.headers[.strictTransportSecurity] = "max-age=\(seconds)" }
        return response
    }
}
