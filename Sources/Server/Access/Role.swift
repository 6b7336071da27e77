/// What somebody is to this server. Each may do what those before it may.
package enum Role: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// Sees the pictures that were shown to them by name, and how their cameras are.
    case viewer
    /// Sees all of them; starts and stops named plans, moves and adjusts cameras.
    case `operator`
    /// Does everything: writes plan text, changes options of stages, lets others in.
    case admin

    /// The lower one is the one that may do less.
    package static func < (one: Role, other: Role) -> Bool { one.rank < other.rank }

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .operator: 1
        case .admin: 2
        }
    }
}
