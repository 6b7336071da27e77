import Foundation

/// Somebody who may sign in, as it is kept.
package struct UserRecord: Sendable, Hashable {
    /// Lower case; unique.
    package var name: String
    /// What they are.
    package var role: Role
    /// What a viewer sees.
    package var views: [ViewRight]
    var password: PasswordHash
    /// Unix microseconds.
    package var created: Int64

    var rights: Rights { Rights(role: role, views: views) }

    /// Nil: nobody can be called so. Capitals are taken for small letters, as people do.
    package static func name(_ text: String) -> String? {
        let name = text.lowercased()
        let others = [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "@")]
        func isPlain(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard (1...64).contains(name.utf8.count), name.utf8.first.map(isPlain) == true,
            name.utf8.allSatisfy({ isPlain($0) || others.contains($0) })
        else { return nil }
        return name
    }
}

/// A browser that is signed in.
struct SessionRecord: Sendable, Hashable {
    var id: Int64
    var user: String
    var digest: OpaqueSecret.Digest
    /// Unix microseconds, as are the others.
    var created: Int64
    /// When it was used last; kept about once a minute.
    var seen: Int64
    /// Where it began.
    var address: String
    /// What the browser said that it is.
    var agent: String
}

/// What a program shows instead of a password.
package struct TokenRecord: Sendable, Hashable {
    package var id: Int64
    /// Unique; what it is for.
    package var name: String
    var digest: OpaqueSecret.Digest
    /// What may be done with it.
    package var rights: Rights
    /// Unix microseconds, as are the others.
    package var created: Int64
    /// Nil: never.
    package var expires: Int64?
    /// Nil: it never was used.
    package var seen: Int64?
}

/// Everybody who may come in.
struct AccessRecords: Sendable, Hashable {
    var users: [UserRecord] = []
    var sessions: [SessionRecord] = []
    var tokens: [TokenRecord] = []
}
