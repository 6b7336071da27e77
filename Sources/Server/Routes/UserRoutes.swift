import HTTPTypes
import Hummingbird

/// `/api/vp/users`: who may sign in.
struct UserRoutes {
    let accounts: Accounts

    private struct NewUser: RequestBody {
        static let keys = ["name", "password", "role", "views"]
        var name: String
        var password: String
        var role: Role
        var views: [ViewRight]?
    }

    private struct Change: RequestBody {
        static let keys = ["password", "role", "views"]
        var password: String?
        var role: Role?
        var views: [ViewRight]?

        /// What is changed, without what it is changed to where that is a secret.
        var words: String {
            let parts = [
                role.map { "is \($0.rawValue)" }, views.map { _ in "other views" },
                password.map { _ in "another password" },
            ]
            return parts.compactMap(\.self).joined(separator: ", ")
        }
    }

    func add(to router: Router<ServiceContext>) {
        router.endpoint("/api/vp/users", [.get: .administer(list), .post: .administer(create)])
        router.endpoint(
            "/api/vp/users/{user}",
            [.get: .administer(show), .patch: .administer(change), .delete: .administer(remove)])
    }

    @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws -> Response {
        struct Answer: Encodable { var users: [UserDescription] }
        return .json(Answer(users: accounts.book.records.users.map { UserDescription($0) }))
    }

    @Sendable private func create(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let body = try await JSONBody.decode(NewUser.self, from: request)
        try await accounts.addUser(body.name, body.password, role: body.role, views: body.views ?? [])
        let user = try user(body.name)
        context.tell("user \(user.name) was added: \(user.role.rawValue)")
        let place = request.uri.path.hasSuffix("/") ? user.name : "users/\(user.name)"
        return .json(user, status: .created, headers: [.location: place])
    }

    @Sendable private func show(_ request: Request, _ context: ServiceContext) async throws -> Response {
        .json(try user(context.part("user")))
    }

    @Sendable private func change(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let body = try await JSONBody.decode(Change.self, from: request)
        let name = context.part("user")
        try await accounts.changeUser(name, role: body.role, views: body.views, password: body.password)
        let user = try user(name)
        context.tell("user \(user.name) was changed: \(body.words)")
        return .json(user)
    }

    @Sendable private func remove(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let user = try user(context.part("user"))
        try await accounts.removeUser(user.name)
        context.tell("user \(user.name) was removed")
        return .nothing
    }

    private func user(_ name: String) throws(ServiceError) -> UserDescription {
        guard let user = accounts.book.records.users.first(where: { $0.name == UserRecord.name(name) }) else {
            throw .unknownUser(name)
        }
        return UserDescription(user)
    }
}

/// Keys are a contract.
private struct UserDescription: Encodable {
    var name: String
    var role: Role
    var views: [ViewRight]
    var created_at: String

    init(_ user: UserRecord) {
        (name, role, views, created_at) = (user.name, user.role, user.views, Instant.text(user.created))
    }
}
