import Foundation
import GRDB

/// `access.sqlite` of the state directory: who may come in. The server and `streamtap user` and `token` have it open side by side.
///
/// A file of its own: one that is broken is never set aside, since a server without users would let everybody in.
package struct AccessStore: Sendable {
    private let database: DatabaseQueue
    /// Why nothing can be changed; nil: it can.
    private let trouble: StateTrouble?

    /// Opens the file of a directory; makes both where they are not there.
    ///
    /// - Throws: `ServiceError` `configuration`: it is broken, of a newer version, or cannot be read, and the server must not start
    ///   without it; `state_full`, `state_unavailable`: there is none, and none can be made.
    package init(in directory: String) throws(ServiceError) {
        let file = DatabaseFile(path: "\(directory)/access.sqlite")
        do {
            var trouble: StateTrouble?
            do {
                try DatabaseFile.makeDirectory(directory)
                database = try file.open(AccessSchema.migrator)
            } catch  where !Self.isDamage(error) {
                // On a medium that is only read people can sign in all the same, until the server ends.
                let reason = StateTrouble(error)
                guard let copy = try file.copiedIntoMemory(AccessSchema.migrator) else { throw reason.answer }
                (database, trouble) = (copy, reason)
            }
            self.trouble = trouble
            // What cannot be read lets nobody in: better said now than to each of them.
            _ = try database.read { try AccessRecords($0) }
        } catch let error as ServiceError {
            throw error
        } catch DatabaseFile.Failure.newer {
            throw .configuration("\(file.path) was written by a newer version, which knows who may come in")
        } catch DatabaseFile.Failure.broken(let complaint) {
            throw .configuration(
                "\(file.path), which says who may come in, is broken (\(complaint)): put back a copy of it; without the file "
                    + "there are no users")
        } catch {
            throw .configuration(
                "\(file.path), which says who may come in, cannot be used: \(StateTrouble(error).words)")
        }
    }

    private static func isDamage(_ error: any Error) -> Bool {
        switch error {
        case DatabaseFile.Failure.broken, DatabaseFile.Failure.newer: true
        default: false
        }
    }

    /// The store of a server that keeps its state there; nil: nothing is kept, or nothing can ever have been.
    ///
    /// - Throws: `ServiceError` `configuration`.
    init?(at location: StateLocation) throws(ServiceError) {
        guard let directory = location.directory else { return nil }
        do throws(ServiceError) {
            try self.init(in: directory)
        } catch  where error.code == .stateUnavailable || error.code == .stateFull {
            return nil
        }
    }

    // MARK: Reading

    /// Has a book hold what there is now. One after the other with changes: what is older never takes the place of what is newer.
    func reload(_ book: AccessBook) async throws {
        do {
            try await database.read { book.replace(try AccessRecords($0)) }
        } catch {
            book.isStale = true
            throw error
        }
    }

    /// Another number after any other connection has changed something, that of `streamtap user` for one.
    func version() async throws -> Int {
        try await database.read { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
    }

    // MARK: Users

    /// - Throws: `ServiceError` `user_exists`; `user_invalid` when nobody would be admin.
    func add(_ user: UserRecord) async throws {
        try await change { database, records in
            guard !records.users.contains(where: { $0.name == user.name }) else {
                throw ServiceError.userExists(user.name)
            }
            guard user.role == .admin || records.hasAdmin else { throw ServiceError.noAdminYet }
            try database.execute(
                sql: "INSERT INTO user (name, role, views, password, created_us) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    user.name, user.role.rawValue, JSONText.encode(user.views), user.password.encoded, user.created,
                ])
        }
    }

    /// The first admin; only while there is none.
    ///
    /// - Throws: `ServiceError` `setup_over`.
    func addFirstAdmin(_ user: UserRecord) async throws {
        try await change { database, records in
            guard !records.hasAdmin else { throw ServiceError.setupOver }
            try database.execute(
                sql: "INSERT OR REPLACE INTO user (name, role, views, password, created_us) VALUES (?, ?, '[]', ?, ?)",
                arguments: [user.name, Role.admin.rawValue, user.password.encoded, user.created])
        }
    }

    /// Changes what is given; their sessions end.
    ///
    /// - Parameter own: whoever changes it has shown this password in this session, which goes on.
    /// - Throws: `ServiceError` `user_unknown`; `user_invalid` when nobody would be admin any more; `bad_credentials` when what was
    ///   shown is no longer so.
    func change(
        _ name: String, role: Role? = nil, views: [ViewRight]? = nil, password: PasswordHash? = nil,
        own: (verified: PasswordHash, session: Int64)? = nil
    ) async throws {
        try await change { database, records in
            guard let user = records.users.first(where: { $0.name == name }) else {
                throw ServiceError.unknownUser(name)
            }
            if let own {
                guard user.password == own.verified, records.sessions.contains(where: { $0.id == own.session }) else {
                    throw ServiceError.badCredentials
                }
            }
            let session = own?.session
            if let role, role != .admin { try records.expectsAnotherAdmin(than: user) }
            try database.execute(
                sql: "UPDATE user SET role = ?, views = ?, password = ? WHERE name = ?",
                arguments: [
                    (role ?? user.role).rawValue, JSONText.encode(views ?? user.views),
                    (password ?? user.password).encoded, name,
                ])
            try database.execute(
                sql: "DELETE FROM session WHERE user = ? AND id IS NOT ?", arguments: [name, session])
        }
    }

    /// - Throws: `ServiceError` `user_unknown`; `user_invalid` when nobody would be admin any more.
    func removeUser(_ name: String) async throws {
        try await change { database, records in
            guard let user = records.users.first(where: { $0.name == name }) else {
                throw ServiceError.unknownUser(name)
            }
            // The last of all goes, if it has to: then there is nobody to be locked out.
            if records.users.count > 1 || !records.tokens.isEmpty { try records.expectsAnotherAdmin(than: user) }
            try database.execute(sql: "DELETE FROM user WHERE name = ?", arguments: [name])
        }
    }

    // MARK: Sessions

    /// Of many of one user the oldest end.
    ///
    /// - Parameter verified: what their password was held against: it may have been changed meanwhile.
    /// - Throws: `ServiceError` `bad_credentials`: it was.
    func addSession(_ session: SessionRecord, verified: PasswordHash) async throws {
        try await database.write { database in
            let kept = try String.fetchOne(
                database, sql: "SELECT password FROM user WHERE name = ?", arguments: [session.user])
            guard kept == verified.encoded else { throw ServiceError.badCredentials }
            try database.execute(
                sql:
                    "INSERT INTO session (user, digest, created_us, seen_us, address, agent) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    session.user, session.digest.bytes, session.created, session.seen, session.address, session.agent,
                ])
            try database.execute(
                sql: """
                    DELETE FROM session WHERE user = ?1 AND id NOT IN
                        (SELECT id FROM session WHERE user = ?1 ORDER BY id DESC LIMIT \(Self.sessionsOfUser))
                    """, arguments: [session.user])
        }
    }

    private static let sessionsOfUser = 100

    /// Harmless when it is gone.
    func removeSessions(_ ids: [Int64]) async throws {
        try await database.write { database in
            for id in ids { try database.execute(sql: "DELETE FROM session WHERE id = ?", arguments: [id]) }
        }
    }

    /// - Parameters: when they were used last, by number; Unix microseconds.
    func saw(sessions: [Int64: Int64], tokens: [Int64: Int64]) async throws {
        try await database.write { database in
            for (id, time) in sessions {
                try database.execute(sql: "UPDATE session SET seen_us = ? WHERE id = ?", arguments: [time, id])
            }
            for (id, time) in tokens {
                try database.execute(sql: "UPDATE token SET seen_us = ? WHERE id = ?", arguments: [time, id])
            }
        }
    }

    // MARK: Tokens

    /// - Returns: its number.
    /// - Throws: `ServiceError` `token_exists`.
    func add(_ token: TokenRecord) async throws -> Int64 {
        try await change { database, records in
            guard !records.tokens.contains(where: { $0.name == token.name }) else {
                throw ServiceError.tokenExists(token.name)
            }
            try database.execute(
                sql: "INSERT INTO token (name, digest, rights, created_us, expires_us) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    token.name, token.digest.bytes, JSONText.encode(token.rights), token.created, token.expires,
                ])
            return database.lastInsertedRowID
        }
    }

    /// - Parameter name: or the number.
    /// - Throws: `ServiceError` `token_unknown`.
    func removeToken(_ name: String) async throws {
        try await change { database, records in
            guard let token = records.tokens.first(where: { $0.name == name || "\($0.id)" == name }) else {
                throw ServiceError.unknownToken(name)
            }
            try database.execute(sql: "DELETE FROM token WHERE id = ?", arguments: [token.id])
        }
    }

    /// In one transaction with what it is decided by.
    private func change<T: Sendable>(
        _ body: @escaping @Sendable (Database, AccessRecords) throws -> T
    ) async throws -> T {
        if let trouble { throw trouble.answer }
        do {
            return try await database.write { try body($0, AccessRecords($0)) }
        } catch let error as ServiceError {
            throw error
        } catch {
            throw StateTrouble(error).answer
        }
    }

    /// Lets go of the file.
    func close() { try? database.close() }
}

extension AccessRecords {
    var hasAdmin: Bool { users.contains { $0.role == .admin } }

    fileprivate func expectsAnotherAdmin(than user: UserRecord) throws(ServiceError) {
        guard user.role != .admin || users.contains(where: { $0.role == .admin && $0.name != user.name }) else {
            throw .lastAdmin
        }
    }
}
