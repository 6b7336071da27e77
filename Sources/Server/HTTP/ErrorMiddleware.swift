import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1

/// Turns every error into `{"error":{…}}` and adds the headers that every answer has.
struct ErrorMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as ServiceError {
            response = error.response
        } catch let error as HTTPError where error.status == .notFound {
            response = ServiceError.unknownPath(request.uri.path).response
        } catch let error as HTTPError {
            response =
                ServiceError(
                    status: error.status.code, code: "malformed", message: error.body ?? error.status.reasonPhrase
                ).response
        } catch let error as HTTPParserError {
            // The connection answers this one.
            throw error
        } catch {
            context.logger.error("a request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            response = ServiceError.internalError.response
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }
}

extension HTTPField.Name {
    static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .server
    static let xTimestamp = HTTPField.Name("X-Timestamp") ?? .server
    static let xAge = HTTPField.Name("X-Age-Ms") ?? .server
}

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
