import HTTPTypes
import Hummingbird

extension BasePath {
    /// What is left of an address behind the path that the server is below; nil where it is elsewhere.
    static func inside(_ base: BasePath?, _ uri: String) -> String? {
        guard let base else { return uri }
        guard uri.hasPrefix(base.text) else { return nil }
        let rest = uri.dropFirst(base.text.count)
        return rest.hasPrefix("/") ? String(rest) : nil
    }
}

/// Takes the path that the server is below off each request, before anybody looks where it leads.
struct BasePathResponder<Next: HTTPResponder>: HTTPResponder where Next.Context == ServiceContext {
    let base: BasePath?
    let next: Next

    func respond(to request: Request, context: ServiceContext) async throws -> Response {
        guard let base else { return try await next.respond(to: request, context: context) }
        var context = context
        var head = request.head
        if let path = BasePath.inside(base, head.path ?? "") {
            head.path = path
            context.basePath = base.text
        } else {
            context.isOutside = true
        }
        return try await next.respond(to: Request(head: head, body: request.body), context: context)
    }
}

/// Answers what is not below that path.
struct BasePathMiddleware: RouterMiddleware {
    let base: BasePath

    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        guard context.isOutside else { return try await next(request, context) }
        guard request.uri.path == base.text, let last = base.text.split(separator: "/").last else {
            throw ServiceError.outside(request.uri.path, base: base.text)
        }
        // The page's own addresses begin at the last slash.
        let query = request.uri.query.map { "?\($0)" } ?? ""
        return Response(status: .permanentRedirect, headers: [.location: "\(last)/\(query)"])
    }
}

extension ServiceError {
    fileprivate static func outside(_ path: String, base: String) -> Self {
        Self(.notFound, "there is nothing at '\(path.prefix(200))': everything is below \(base)/ (--base-path)")
    }
}
