/// What a request or a message wants to do. Every route and every message of a socket is one of these.
enum Action: Sendable, Hashable {
    /// Pages, signing in, whether the server lives: nothing that is worth hiding.
    case open
    /// Ask for lists, which hold what the asker may see.
    case list
    /// Look at how an instance is.
    case inspect(instance: String)
    /// Watch a tap.
    case view(instance: String, tap: String)
    /// Read plans, devices and all numbers.
    case read
    /// Read `/metrics`.
    case measure
    /// Start, stop and restart what there are plans for; move and adjust cameras; look for them.
    case operate
    /// Everything else: plan text, options of stages, users, tokens.
    case administer
}
