/// What can be wrong with who asks.
extension ServiceError {
    static let unauthenticated = Self(
        .unauthenticated, "sign in with POST /api/vp/session, or send a token: 'Authorization: Bearer TOKEN'")
    static let badToken = Self(.unauthenticated, "this token or session is unknown, or over; sign in again")
    static let unknownProxy = Self(
        .unauthenticated,
        "this came through a proxy, and without users everybody behind it could do everything: make one with "
            + "'streamtap user add NAME --role admin', or start the server with --insecure-allow-anyone")
    static func forbidden(_ role: Role) -> Self {
        Self(.forbidden, "this takes the role \(role.rawValue); an admin can give it")
    }
    static func notNow(_ instance: String, _ tap: String) -> Self {
        Self(.forbidden, "\(instance)/\(tap) may not be watched by you at this time of day")
    }
    /// The same whether there is such a user or not.
    static let badCredentials = Self(.badCredentials, "there is no such user with such a password")
    static let tooManyLogins = Self(
        .tooManyLogins, "too many have tried to sign in here, or with this name; try again in a minute")
    static func unknownUser(_ name: String) -> Self { Self(.userUnknown, "no user is named '\(name.prefix(64))'") }
    static func userExists(_ name: String) -> Self { Self(.userExists, "there is a user '\(name)' already") }
    static func invalidUserName(_ name: String) -> Self {
        Self(
            .userInvalid,
            "'\(name.prefix(64))' is no user's name: 1 to 64 of a-z, 0-9, '.', '_', '-' and '@', the first a letter or digit"
        )
    }
    static let lastAdmin = Self(.userInvalid, "there would be no admin left; make another one first")
    static let noAdminYet = Self(
        .userInvalid, "make an admin first: with anybody else alone nobody could change anything")
    static func invalidPassword(_ why: String) -> Self { Self(.passwordInvalid, why) }
    static func unknownToken(_ id: String) -> Self { Self(.tokenUnknown, "there is no token '\(id.prefix(64))'") }
    static func tokenExists(_ name: String) -> Self { Self(.tokenExists, "there is a token '\(name)' already") }
    static func invalidToken(_ why: String) -> Self { Self(.tokenInvalid, why) }
    static func unknownSession(_ id: String) -> Self { Self(.sessionUnknown, "there is no session '\(id.prefix(64))'") }
    static let setupOver = Self(
        .setupOver, "this link has been used, or is of an earlier start; there is an admin, or a newer link")
}
