/// Who is let in because somebody else says who they are: a proxy that has asked for their password, or whoever signs tokens.
package struct OutsideIdentity: Sendable, Hashable {
    /// The header in which a trusted proxy names the user; nil: none does.
    package var userHeader: String?
    /// What a user may do who is named there and is none here; nil: they are not let in.
    package var newcomers: Role?
    /// File of the keys that tokens are signed with, or an https address: a JSON Web Key Set; nil: none are taken.
    package var keys: String?
    /// Who has to have signed them (`iss`); nil: anybody with one of the keys.
    package var issuer: String?
    /// For whom they have to be (`aud`); nil: anybody.
    package var audience: String?
    /// The claim that says what somebody is here.
    package var roleClaim = "role"

    /// Nobody.
    package init() {}

    /// Whether anybody can be let in by it.
    var isUsed: Bool { userHeader != nil || keys != nil }
}
