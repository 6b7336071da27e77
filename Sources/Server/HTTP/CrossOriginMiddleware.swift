import HTTPTypes
import Hummingbird

/// Says with every answer, refusals too, which pages may read it, show it, and have it in a frame.
struct CrossOriginMiddleware: RouterMiddleware {
    let rules: HostRules

    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        // Browsers that say nothing of where a picture is shown hold to this.
        let isAllowed = FetchMetadata(request.headers).page.map(rules.allows) ?? false
        response.headers[.crossOriginResourcePolicy] = isAllowed ? "cross-origin" : "same-origin"
        if !rules.origins.isEmpty { response.headers[.vary] = "Origin" }
        if let origin = request.headers[.origin], rules.allows(origin) {
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.accessControlExposeHeaders] = Self.exposed
        }
        // A page has a policy of its own. A picture needs one, too: a frame shows it to whoever is looking, and its
        // address is all that a foreign page has to know.
        let policy = response.headers[.contentSecurityPolicy] ?? "frame-ancestors \(rules.ancestors)"
        response.headers[.contentSecurityPolicy] = policy
        // For browsers that do not know `frame-ancestors`; it cannot name an origin.
        if policy.hasSuffix("frame-ancestors 'none'") { response.headers[.xFrameOptions] = "DENY" }
        return response
    }

    /// What a page of another origin may read besides the few headers that all may.
    private static let exposed = "ETag, Location, Retry-After, X-Age-Ms, X-Damaged, X-Timestamp"
}

extension HTTPField.Name {
    fileprivate static let xFrameOptions = HTTPField.Name("X-Frame-Options") ?? .server
}
