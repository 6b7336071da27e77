import Foundation
import TestSupport

@testable import Server

/// People and programs that may come in, without a password's hash for each.
enum TestAccess {
    static let viewer = "viewer-secret"
    static let `operator` = "operator-secret"
    static let admin = "admin-secret"

    /// - Precondition: it is one.
    static func pattern(_ text: String) -> TapPattern {
        guard let pattern = TapPattern(text) else { preconditionFailure("\(text) is no pattern") }
        return pattern
    }

    static func user(_ name: String, _ role: Role, views: [ViewRight] = []) -> UserRecord {
        UserRecord(
            name: name, role: role, views: views, password: PasswordHash(encoded: ""), created: LoggedEvent.now)
    }

    static func session(_ id: Int64, _ user: String, _ secret: String, created: Int64 = LoggedEvent.now)
        -> SessionRecord
    {
        SessionRecord(
            id: id, user: user, digest: .init(of: secret), created: created, seen: created, address: "10.0.0.1",
            agent: "test")
    }

    static func token(
        _ id: Int64, _ name: String, _ secret: String, _ rights: Rights, expires: Int64? = nil
    ) -> TokenRecord {
        TokenRecord(
            id: id, name: name, digest: .init(of: secret), rights: rights, created: LoggedEvent.now, expires: expires)
    }

    /// One of each role, signed in; the viewer sees `yard-1/live` and all of `door`.
    static func records() -> AccessRecords {
        let views = [ViewRight(pattern("yard-1/live"), maxWidth: 320), ViewRight(pattern("door"))]
        return AccessRecords(
            users: [user("vera", .viewer, views: views), user("otto", .operator), user("anna", .admin)],
            sessions: [session(1, "vera", viewer), session(2, "otto", self.operator), session(3, "anna", admin)])
    }

    /// Accounts that are kept in a directory of their own, with these in the book.
    static func accounts(_ records: AccessRecords = records(), in directory: TemporaryDirectory? = nil) throws
        -> Accounts
    {
        let book = AccessBook()
        book.replace(records)
        return Accounts(open: book, store: try directory.map { try AccessStore(in: $0.path) })
    }

    static func cookie(_ secret: String) -> [String: String] { ["Cookie": "streamtap=\(secret)"] }
    static func bearer(_ token: String) -> [String: String] { ["Authorization": "Bearer \(token)"] }
}
