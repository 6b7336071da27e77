import HTTPTypes
import Hummingbird
import Logging
import NIOCore
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
        } catch let error as HTTPParserError {
            // The connection answers this one.
            throw error
        } catch {
            response = answer(to: error, request, context).response
        }
        if response.status == .unauthorized { response.headers[values: .wwwAuthenticate] = Self.challenges(request) }
        // Its header is what GET would have, and nothing follows it: the client would take that for the next answer.
        if request.method == .head { response = response.createHeadResponse() }
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }

    /// What would let somebody in (RFC 9110, 11.6.1). Players send a password only when they are asked for one; browsers would ask
    /// for it in a window of their own, in front of the page's form.
    private static func challenges(_ request: Request) -> [String] {
        let isBrowser = request.headers[.userAgent]?.hasPrefix("Mozilla/") == true
        return ["Bearer realm=\"StreamTap\""] + (isBrowser ? [] : ["Basic realm=\"StreamTap\""])
    }

    private func answer(to error: any Error, _ request: Request, _ context: ServiceContext) -> ServiceError {
        switch error {
        case let error as ServiceError:
            return error
        case let error as HTTPError where error.status == .notFound && !ServiceContext.methods.contains(request.method):
            return .unknownMethod
        case let error as HTTPError where error.status == .notFound:
            return .unknownPath(request.uri.path)
        case let error as HTTPError where error.status.kind == .clientError:
            return .malformed(error.body ?? error.status.reasonPhrase)
        default:
            // Who is gone gets no answer, and what failed for that is no error.
            guard context.channel.isActive else { return .internalError }
            let client = try? context.source.client(request.head).address
            context.logger.error(
                "a request failed",
                metadata: [
                    "path": "\(request.uri.path)", "error": "\(error)", "client": "\(client.map { "\($0)" } ?? "–")",
                ])
            return .internalError
        }
    }
}

extension HTTPField.Name {
    fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .server
}
