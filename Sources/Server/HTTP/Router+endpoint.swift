import HTTPTypes
import Hummingbird

extension Router<ServiceContext> {
    /// Adds everything that can be done at one path; every other method is answered 405 with the list.
    func endpoint(_ path: RouterPath, _ endpoints: [HTTPRequest.Method: Endpoint]) {
        var endpoints = endpoints
        // `ErrorMiddleware` takes the body off, as it does with errors.
        if let get = endpoints[.get], endpoints[.head] == nil { endpoints[.head] = get }
        let allowed = endpoints.keys.map(\.rawValue).sorted().joined(separator: ", ")
        for (method, endpoint) in endpoints { on(path, method: method, use: endpoint.respond) }
        for method in ServiceContext.methods where endpoints[method] == nil {
            on(path, method: method) { request, context -> Response in
                var response = ServiceError.methodNotAllowed(request.method.rawValue, allowed).response
                response.headers[.allow] = allowed
                return response
            }
        }
    }
}
