import Foundation
import HTTPTypes
import Hummingbird

/// `/api/vp/tokens`: what programs and pages elsewhere show instead of a password.
struct TokenRoutes {
    let accounts: Accounts

    /// Unix microseconds: the year 9999, after which dates are written otherwise.
    private static let latest: Int64 = 253_402_300_800_000_000

    private struct NewToken: RequestBody {
        static let keys = ["name", "role", "views", "metrics", "expires_at"]
        var name: String
        var role: Role?
        var views: [ViewRight]?
        var metrics: Bool?
        var expires_at: String?
    }

    func add(to router: Router<ServiceContext>) {
        router.endpoint("/api/vp/tokens", [.get: .administer(list), .post: .administer(create)])
        router.endpoint("/api/vp/tokens/{token}", [.delete: .administer(remove)])
    }

    @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws -> Response {
        struct Answer: Encodable { var tokens: [TokenDescription] }
        return .json(Answer(tokens: accounts.book.records.tokens.map { TokenDescription($0) }))
    }

    @Sendable private func create(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let body = try await JSONBody.decode(NewToken.self, from: request)
        let expires = try body.expires_at.map { text throws(ServiceError) in
            guard let time = Instant.date(text).flatMap(Instant.microseconds), time < Self.latest else {
                throw .invalidRequest("'expires_at' is an instant such as 2027-01-31T12:00:00Z")
            }
            return time
        }
        let rights = Rights(role: body.role, views: body.views ?? [], metrics: body.metrics ?? false)
        let (token, secret) = try await accounts.addToken(body.name, rights, expires: expires)
        context.tell("token \(token.name) was made")
        var answer = TokenDescription(token)
        answer.token = secret.text
        let place = request.uri.path.hasSuffix("/") ? "\(token.id)" : "tokens/\(token.id)"
        return .json(answer, status: .created, headers: [.location: place])
    }

    @Sendable private func remove(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let name = context.part("token")
        try await accounts.removeToken(name)
        context.tell("token \(name) was removed")
        return .nothing
    }
}

/// Keys are a contract.
private struct TokenDescription: Encodable {
    var id: Int64
    var name: String
    var role: Role?
    var views: [ViewRight]
    var metrics: Bool
    var created_at: String
    var expires_at: String?
    var seen_at: String?
    /// Told once, in the answer to its making.
    var token: String?

    init(_ token: TokenRecord) {
        (id, name, role) = (token.id, token.name, token.rights.role)
        (views, metrics) = (token.rights.views, token.rights.metrics)
        created_at = Instant.text(token.created)
        (expires_at, seen_at) = (token.expires.map(Instant.text), token.seen.map(Instant.text))
    }
}
