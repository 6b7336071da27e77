/// What a request says of who asks.
public enum ClientIdentity: Sendable, Hashable {
    /// Nothing: the server is open to whoever is at the machine, or refuses.
    case nobody
    /// A token of `streamtap token create`, or of an identity provider.
    case token(String)
    /// A session's cookie, `NAME=VALUE` as the server has set it.
    case session(cookie: String)

    var field: (name: String, value: String)? {
        switch self {
        case .nobody: nil
        case .token(let token): ("Authorization", "Bearer \(token)")
        case .session(let cookie): ("Cookie", cookie)
        }
    }
}
