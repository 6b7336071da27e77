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
        let referrer = request.headers[.referer]
        if let refusal = rules.refusal(
            site: request.headers[.secFetchSite], mode: request.headers[.secFetchMode], referrer: referrer)
        {
            throw refusal
        }
        var response = try await next(request, context)
        // Browsers that say nothing of where a picture is shown hold to this.
        let isAllowed = referrer.flatMap(HostRules.origin).map(rules.allows) ?? false
        response.headers[.crossOriginResourcePolicy] = isAllowed ? "cross-origin" : "same-origin"
        if let origin = request.headers[.origin], rules.allows(origin) {
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.vary] = "Origin"
        }
        return response
    }
}

extension HTTPField.Name {
    fileprivate static let secFetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .server
    fileprivate static let secFetchMode = HTTPField.Name("Sec-Fetch-Mode") ?? .server
    fileprivate static let crossOriginResourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy") ?? .server
}
