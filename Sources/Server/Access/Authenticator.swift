/// Finds out who asks.
struct Authenticator: Sendable {
    let book: AccessBook
    var outside = OutsideIdentity()
    /// Nil: tokens that somebody else has signed are not taken.
    var signed: SignedTokens?

    /// Of what a request says, without a wait. What is said outright counts before what a browser sends along by itself.
    func caller(_ presented: PresentedCredentials) -> Caller {
        if let user = presented.toldUser {
            return book.identity(proxied: user).map { .known($0) } ?? .refused
        }
        if book.isOpen {
            // By somebody's word everybody may; because there are no users, only who is at this machine.
            return presented.isProxied && !book.allowsAnyone ? .throughProxy : .known(.anyone)
        }
        if let token = presented.token {
            let caller = caller(token: token)
            if caller != .refused || !presented.isBasic || presented.sessions.isEmpty { return caller }
        }
        if presented.isUnreadable { return .refused }
        if let token = presented.tokenInAddress {
            guard let identity = book.identity(token: token), identity.rights.isViewOnly else { return .refused }
            return .known(identity)
        }
        for session in presented.sessions {
            if let identity = book.identity(session: session) { return .known(identity) }
        }
        return presented.sessions.isEmpty ? .nobody : .refused
    }

    /// Of a program's token.
    func caller(token: String) -> Caller {
        if let identity = book.identity(token: token) { return .known(identity) }
        guard let signed, SignedTokens.isOne(token) else { return .refused }
        return signed.identity(known: token).map { .known($0) } ?? .signed(token)
    }

    /// The same once a signature has been looked at, where there is one.
    func verified(_ caller: Caller) async -> Caller {
        guard case .signed(let token) = caller else { return caller }
        return await signed?.identity(verifying: token).map { .known($0) } ?? .refused
    }
}
