import HTTPTypes
import Hummingbird

/// Refuses requests under foreign names and from foreign pages, and answers what browsers ask before those of pages that
/// were allowed.
struct HostMiddleware: RouterMiddleware {
    let rules: HostRules

    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        let hosts = request.head.authority.map { [$0] } ?? []
        if let refusal = rules.refusal(hosts: hosts, origins: request.headers[values: .origin], from: context.client) {
            throw refusal
        }
        // Who may show an `/embed/…` in a frame, its own policy says.
        let mayBeFramed = request.uri.path.hasPrefix("/embed/")
        if let refusal = rules.refusal(FetchMetadata(request.headers), mayBeFramed: mayBeFramed) { throw refusal }
        if isPreflight(request) { return Response(status: .noContent, headers: Self.permission) }
        return try await next(request, context)
    }

    /// Before a request that no form could have made, a browser asks whether its page may make it.
    private func isPreflight(_ request: Request) -> Bool {
        guard request.method == .options, request.headers[.accessControlRequestMethod] != nil else { return false }
        return request.headers[.origin].map(rules.allows) ?? false
    }

    private static let permission: HTTPFields = [
        .accessControlAllowMethods: "GET, HEAD, POST, PUT, PATCH, DELETE",
        .accessControlAllowHeaders: "Authorization, Content-Type, If-None-Match, Last-Event-ID",
        .accessControlMaxAge: "600",
    ]
}
