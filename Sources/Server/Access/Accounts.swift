import Foundation
import Logging
import Plans
import WorkerLink

/// Signing in and out, and letting others in: what the API and the page do about access.
package struct Accounts: Sendable {
    let book: AccessBook
    /// Nil: nothing is kept, so there are no users.
    let store: AccessStore?
    let passwords = PasswordQueue()
    let throttle = LoginThrottle()
    let firstAdmin = FirstAdmin()
    let limits: AccessLimits
    /// What a password is held against where there is no such user: it takes as long as any other.
    private static let nobody = try? PasswordHash(of: OpaqueSecret().text)

    /// - Throws: `ServiceError` `configuration` when what is kept cannot be read.
    init(_ book: AccessBook, store: AccessStore? = nil, limits: AccessLimits = AccessLimits())
        async throws(ServiceError)
    {
        self.init(open: book, store: store, limits: limits)
        guard let store else { return }
        do {
            try await store.reload(book)
        } catch {
            throw .configuration("who may come in cannot be read: \(StateTrouble(error).words)")
        }
    }

    /// Without users, whom `book` may be given by a test.
    init(open book: AccessBook, store: AccessStore? = nil, limits: AccessLimits = AccessLimits()) {
        self.book = book
        self.store = store
        self.limits = limits
    }

    /// Whether the first admin can be made by the link that the server prints at its start.
    var awaitsFirstAdmin: Bool { store != nil && !book.records.hasAdmin && !book.allowsAnyone }

    private func kept() throws(ServiceError) -> AccessStore {
        guard let store else {
            throw ServiceError(
                .stateUnavailable, "this server keeps nothing, so it has no users; start it with --state DIR")
        }
        return store
    }

    private func reload(_ store: AccessStore) async throws { try await store.reload(book) }

    private static var now: Int64 { LoggedEvent.now }

    // MARK: Signing in

    /// - Returns: what the browser is to show from now on.
    /// - Throws: `ServiceError` `bad_credentials`, `too_many_logins`.
    func signIn(_ said: String, _ password: String, at place: SignInPlace) async throws -> OpaqueSecret {
        let store = try kept()
        // One of no user's is throttled by what was said, too.
        let name = UserRecord.name(said) ?? String(said.prefix(64))
        let isKnownThere = isKnown(name, at: place)
        try throttle.begin(
            name, from: place.counted, in: place.network, isKnown: isKnownThere, at: MonotonicClock.now())
        let known = book.records.users.first { $0.name == name }
        let isRight = try await passwords.run(as: isKnownThere ? .known : .stranger(network: place.network)) {
            // Made with the first try, whoever's that is.
            let nobody = Self.nobody
            return (known?.password ?? nobody)?.matches(String(password.prefix(1024))) ?? false
        }
        guard let known, isRight else { throw ServiceError.badCredentials }
        throttle.succeeded(name, from: place.counted, in: place.network)
        return try await begin(name, store, verified: known.password, at: place)
    }

    /// Whether somebody has signed in with this name from there, and is signed in still or has been since this server began.
    private func isKnown(_ name: String, at place: SignInPlace) -> Bool {
        throttle.knows(name, from: place.counted)
            || book.records.sessions.contains { session in
                session.user == name
                    && (NetworkAddress(session.address)?.peer ?? SignInPlace.thisMachine) == place.counted
            }
    }

    private func begin(
        _ name: String, _ store: AccessStore, verified: PasswordHash, at place: SignInPlace
    ) async throws -> OpaqueSecret {
        let secret = OpaqueSecret()
        let now = Self.now
        do {
            try await store.addSession(
                SessionRecord(
                    id: 0, user: name, digest: secret.digest, created: now, seen: now, address: place.address,
                    agent: place.agent), verified: verified)
            try await reload(store)
        } catch let error as ServiceError {
            throw error
        } catch {
            throw StateTrouble(error).answer
        }
        return secret
    }

    /// - Throws: `ServiceError` `session_unknown`; of another user's, but for an admin, as well.
    func endSession(_ id: Int64, by identity: Identity) async throws {
        let store = try kept()
        guard let session = book.records.sessions.first(where: { $0.id == id }),
            session.user == identity.user || identity.rights.role == .admin
        else { throw ServiceError.unknownSession("\(id)") }
        do {
            try await store.removeSessions([id])
            try await reload(store)
        } catch {
            throw StateTrouble(error).answer
        }
    }

    // MARK: The first admin

    /// Makes the first admin, who is signed in at once.
    ///
    /// - Throws: `ServiceError` `setup_over`, `user_invalid`, `password_invalid`, `too_many_logins`.
    func makeFirstAdmin(
        _ key: String, name said: String, password: String, at place: SignInPlace
    ) async throws -> OpaqueSecret {
        let store = try kept()
        try throttle.begin("", from: place.counted, in: place.network, at: MonotonicClock.now())
        try firstAdmin.check(key)
        let user = try await newUser(said, password, role: .admin, views: [])
        try await store.addFirstAdmin(user)
        firstAdmin.close()
        try await reload(store)
        return try await begin(user.name, store, verified: user.password, at: place)
    }

    // MARK: Users

    private func newUser(
        _ said: String, _ password: String, role: Role, views: [ViewRight]
    ) async throws -> UserRecord {
        // In the log these are nobody.
        guard let name = UserRecord.name(said), ![Initiator.open, Initiator.configuration].contains(name) else {
            throw ServiceError.invalidUserName(said)
        }
        try PasswordHash.check(password, of: name)
        // Whoever makes users is known, as one who has the link of the first start is.
        let hash = try await passwords.run(as: .known) { try PasswordHash(of: password) }
        return UserRecord(name: name, role: role, views: views, password: hash, created: Self.now)
    }

    /// - Throws: `ServiceError` `user_exists`, `user_invalid`, `password_invalid`.
    package func addUser(_ name: String, _ password: String, role: Role, views: [ViewRight]) async throws {
        let store = try kept()
        try await store.add(try await newUser(name, password, role: role, views: views))
        try await reload(store)
    }

    /// Changes what is given; all sessions of the user end.
    ///
    /// - Throws: `ServiceError` `user_unknown`, `user_invalid`, `password_invalid`.
    package func changeUser(_ said: String, role: Role?, views: [ViewRight]?, password: String?) async throws {
        let store = try kept()
        let name = UserRecord.name(said) ?? said
        var hash: PasswordHash?
        if let password {
            try PasswordHash.check(password, of: name)
            hash = try await passwords.run(as: .known) { try PasswordHash(of: password) }
        }
        try await store.change(name, role: role, views: views, password: hash)
        try await reload(store)
    }

    /// Changes one's own password; one's other sessions end.
    ///
    /// - Throws: `ServiceError` `bad_credentials`, `password_invalid`, `too_many_logins`; `forbidden` to what has none.
    func changePassword(of identity: Identity, from old: String, to new: String, at place: SignInPlace) async throws {
        let store = try kept()
        guard case .session(let name, let id) = identity.kind,
            let user = book.records.users.first(where: { $0.name == name })
        else { throw ServiceError(.forbidden, "only somebody who has signed in here has a password here") }
        try throttle.begin(name, from: place.counted, at: MonotonicClock.now())
        guard try await passwords.run(as: .known, { user.password.matches(String(old.prefix(1024))) }) else {
            throw ServiceError.badCredentials
        }
        throttle.succeeded(name, from: place.counted)
        try PasswordHash.check(new, of: name)
        let hash = try await passwords.run(as: .known) { try PasswordHash(of: new) }
        try await store.change(name, password: hash, own: (user.password, id))
        try await reload(store)
    }

    /// - Throws: `ServiceError` `user_unknown`, `user_invalid`.
    package func removeUser(_ name: String) async throws {
        let store = try kept()
        try await store.removeUser(UserRecord.name(name) ?? name)
        try await reload(store)
    }

    // MARK: Tokens

    /// - Parameter expires: Unix microseconds; nil: never.
    /// - Returns: the token, which nobody can be told again.
    /// - Throws: `ServiceError` `token_exists`, `token_invalid`, `user_invalid` while there is no admin.
    func addToken(_ name: String, _ rights: Rights, expires: Int64?) async throws -> (TokenRecord, OpaqueSecret) {
        let store = try kept()
        guard book.records.hasAdmin else { throw ServiceError.noAdminYet }
        let secret = OpaqueSecret(prefix: TokenRecord.prefix)
        var token = TokenRecord(
            id: 0, name: name, digest: secret.digest, rights: rights, created: Self.now, expires: expires)
        try token.check()
        token.id = try await store.add(token)
        try await reload(store)
        return (token, secret)
    }

    /// - Throws: `ServiceError` `token_unknown`.
    package func removeToken(_ name: String) async throws {
        let store = try kept()
        try await store.removeToken(name)
        try await reload(store)
    }
}
