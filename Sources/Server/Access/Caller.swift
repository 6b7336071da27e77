/// Who asks, before it is asked what for.
enum Caller: Sendable, Hashable {
    case known(Identity)
    /// Nothing was said of it, where it would have to be.
    case nobody
    /// By a token that somebody else may have signed; whether they have, is not known yet.
    case signed(String)
    /// What was said is not, or no longer, true.
    case refused
    /// Nobody would have to say, but a proxy stands between: then everybody behind it would be let in.
    case throughProxy

    var identity: Identity? { if case .known(let identity) = self { identity } else { nil } }

    /// Of what there is, what may be shown. Nothing to those that are not known.
    var rights: Rights { identity?.rights ?? Rights(role: nil) }
}
