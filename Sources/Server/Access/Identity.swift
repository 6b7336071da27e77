import Foundation

/// Who asks, as far as this server knows, and what they may.
struct Identity: Sendable, Hashable {
    /// How it is known.
    enum Kind: Sendable, Hashable {
        /// There are no users, or whoever comes may do everything: nobody is asked.
        case anyone
        /// Signed in; the session's number.
        case session(user: String, id: Int64)
        /// A program; the token's number.
        case token(name: String, id: Int64)
        /// A proxy that is trusted has named them.
        case proxied(user: String)
        /// A token that somebody else has signed says so; what they may, too.
        /// The number is that of the keys.
        case signed(subject: String, generation: Int)
    }

    var kind: Kind
    var rights: Rights
    /// When it has to be known anew; nil: as long as it is not taken back.
    var until: Date?

    static let anyone = Identity(kind: .anyone, rights: .all)

    /// For people; nil: nobody was asked.
    var name: String? {
        switch kind {
        case .anyone: nil
        case .session(let user, _), .proxied(let user), .signed(let user, _): user
        case .token(let name, _): "token \(name)"
        }
    }

    /// Whose password and sessions these are; nil: there is no such account here.
    var user: String? {
        if case .session(let user, _) = kind { user } else { nil }
    }
}
