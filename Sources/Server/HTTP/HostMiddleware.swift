import HTTPTypes
import Hummingbird

/// Refuses requests under foreign names and from foreign pages.
struct HostMiddleware: RouterMiddleware {
    let rules: HostRules

    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        let hosts = request.head.authority.map { [$0] } ?? []
        if let refusal = rules.refusal(hosts: hosts, origins: request.headers[values: .origin]) { throw refusal }
        return try await next(request, context)
    }
}
