import Foundation
import HTTPTypes
import Hummingbird
import Plans

/// `/api/vp/session`: signing in and out; `/api/vp/sessions`: where else one is; `/api/vp/setup`: the first admin.
struct SessionRoutes {
    let accounts: Accounts

    private struct SignIn: RequestBody {
        static let keys = ["user", "password"]
        var user: String
        var password: String
    }

    private struct Setup: RequestBody {
        static let keys = ["key", "user", "password"]
        var key: String
        var user: String
        var password: String
    }

    private struct PasswordChange: RequestBody {
        static let keys = ["old", "new"]
        var old: String
        var new: String
    }

    func add(to router: Router<ServiceContext>) {
        router.endpoint(
            "/api/vp/session", [.get: .open(show), .post: .open(signIn), .delete: .list(signOut)])
        router.endpoint("/api/vp/session/password", [.put: .list(changePassword)])
        router.endpoint("/api/vp/setup", [.post: .open(setUp)])
        router.endpoint("/api/vp/sessions", [.get: .list(list)])
        router.endpoint("/api/vp/sessions/{session}", [.delete: .list(end)])
    }

    /// Who asks, for the page: it shows nothing that whoever asks does not know.
    @Sendable private func show(_ request: Request, _ context: ServiceContext) async throws -> Response {
        guard case .known(let identity) = context.caller else {
            return .json(SessionAnswer(signedIn: false, awaitsFirstAdmin: accounts.awaitsFirstAdmin))
        }
        return .json(SessionAnswer(identity, awaitsFirstAdmin: accounts.awaitsFirstAdmin))
    }

    @Sendable private func signIn(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let body = try await JSONBody.decode(
            SignIn.self, from: request, limit: JSONBody.limitOfStrangers)
        let secret = try await accounts.signIn(
            body.user, body.password, at: SignInPlace(request, context))
        return try begin(secret, context)
    }

    @Sendable private func setUp(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let body = try await JSONBody.decode(
            Setup.self, from: request, limit: JSONBody.limitOfStrangers)
        let secret = try await accounts.makeFirstAdmin(
            body.key, name: body.user, password: body.password, at: SignInPlace(request, context))
        return try begin(secret, context)
    }

    private func begin(_ secret: OpaqueSecret, _ context: ServiceContext) throws -> Response {
        guard let identity = accounts.book.identity(session: secret.text) else { throw ServiceError.badToken }
        let cookie = SessionCookie.set(
            secret, isSecure: context.client.isSecure, path: context.cookiePath,
            seconds: accounts.limits.absolute / 1_000_000)
        return .json(SessionAnswer(identity, awaitsFirstAdmin: false), headers: [.setCookie: cookie])
    }

    @Sendable private func signOut(_ request: Request, _ context: ServiceContext) async throws -> Response {
        if let identity = context.caller.identity, case .session(_, let id) = identity.kind {
            try await accounts.endSession(id, by: identity)
        }
        var answer = Response.nothing
        answer.headers[.setCookie] = SessionCookie.clear(
            isSecure: context.client.isSecure, path: context.cookiePath)
        return answer
    }

    @Sendable private func changePassword(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let body = try await JSONBody.decode(PasswordChange.self, from: request)
        guard let identity = context.caller.identity else { throw ServiceError.unauthenticated }
        try await accounts.changePassword(of: identity, from: body.old, to: body.new, at: SignInPlace(request, context))
        return .json(["status": "changed"])
    }

    /// One's own; an admin sees everybody's.
    @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws -> Response {
        struct Answer: Encodable { var sessions: [SessionDescription] }
        guard let identity = context.caller.identity else { throw ServiceError.unauthenticated }
        let isAdmin = identity.rights.role == .admin
        let sessions = accounts.book.records.sessions.filter { isAdmin || $0.user == identity.user }
        return .json(Answer(sessions: sessions.map { SessionDescription($0, asked: identity) }))
    }

    @Sendable private func end(_ request: Request, _ context: ServiceContext) async throws -> Response {
        guard let identity = context.caller.identity else { throw ServiceError.unauthenticated }
        guard let id = Int64(context.part("session")) else {
            throw ServiceError.unknownSession(context.part("session"))
        }
        try await accounts.endSession(id, by: identity)
        return .nothing
    }
}

/// Keys are a contract.
private struct SessionAnswer: Encodable {
    var signedIn: Bool
    var user: String?
    var role: Role?
    /// Whether nobody has to sign in at all.
    var open = false
    /// Whether the link is good that the server has printed at its start.
    var awaitsFirstAdmin: Bool
    var hasPassword = false

    enum CodingKeys: String, CodingKey {
        case user, role, open
        case signedIn = "signed_in"
        case awaitsFirstAdmin = "awaits_first_admin"
        case hasPassword = "has_password"
    }

    init(signedIn: Bool, awaitsFirstAdmin: Bool) {
        (self.signedIn, self.awaitsFirstAdmin) = (signedIn, awaitsFirstAdmin)
    }

    init(_ identity: Identity, awaitsFirstAdmin: Bool) {
        self.init(signedIn: true, awaitsFirstAdmin: awaitsFirstAdmin)
        (user, role, hasPassword) = (identity.name, identity.rights.role, identity.user != nil)
        open = identity.kind == .anyone
    }
}

private struct SessionDescription: Encodable {
    var id: Int64
    var user: String
    var created_at: String
    var seen_at: String
    var address: String
    var agent: String
    /// Whether it is the one that asks.
    var current: Bool

    init(_ session: SessionRecord, asked identity: Identity) {
        (id, user, address, agent) = (session.id, session.user, session.address, session.agent)
        (created_at, seen_at) = (Instant.text(session.created), Instant.text(session.seen))
        current = identity.kind == .session(user: session.user, id: session.id)
    }
}

extension SignInPlace {
    fileprivate init(_ request: Request, _ context: ServiceContext) {
        address = context.client.address?.description ?? SignInPlace.thisMachine
        counted = context.client.peer ?? SignInPlace.thisMachine
        network = context.client.address?.neighbourhood ?? SignInPlace.thisMachine
        agent = String((request.headers[.userAgent] ?? "").prefix(200))
    }
}
