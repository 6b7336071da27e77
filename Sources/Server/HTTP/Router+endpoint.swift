import HTTPTypes
import Hummingbird

typealias Handler = @Sendable (Request, ServiceContext) async throws -> Response

extension Router<ServiceContext> {
    /// Adds everything that can be done at one path; every other method is answered 405 with the list.
    func endpoint(_ path: RouterPath, _ handlers: [HTTPRequest.Method: Handler]) {
        var handlers = handlers
        // `ErrorMiddleware` takes the body off, as it does with errors.
        if let get = handlers[.get], handlers[.head] == nil { handlers[.head] = get }
        let allowed = handlers.keys.map(\.rawValue).sorted().joined(separator: ", ")
        for (method, handler) in handlers { on(path, method: method, use: handler) }
        for method in ServiceContext.methods where handlers[method] == nil {
            on(path, method: method) { request, context -> Response in
                var response = ServiceError.methodNotAllowed(request.method.rawValue, allowed).response
                response.headers[.allow] = allowed
                return response
            }
        }
    }
}
