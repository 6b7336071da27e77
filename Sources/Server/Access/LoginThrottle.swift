import Synchronization

/// How often somebody may try to sign in: by where they are, by the network around that, and by the name they give.
///
/// A name that is tried from everywhere is closed to everybody but those who have signed in with it from where they are:
/// nobody can be locked out of their own house by others trying.
final class LoginThrottle: Sendable {
    /// What tries are counted by.
    private enum Key: Hashable {
        case address(String)
        case network(String)
        case name(String)

        /// Tries at once.
        var burst: Double { if case .network = self { 60 } else { 10 } }
        /// How long until one more, nanoseconds. A network has many people, and somebody who has rented one has them all.
        var interval: Double { if case .network = self { 1e9 } else { 6e9 } }
        var isName: Bool { if case .name = self { true } else { false } }
    }

    /// Remembered; the ones that are nearest to having all their tries again go first.
    private static let limit = 10_000

    private struct Budget {
        var tries: Double
        var at: Int64
    }

    private struct Place: Hashable {
        var name: String
        var address: String
    }

    private struct State {
        var budgets: [Key: Budget] = [:]
        var known: Set<Place> = []

        func left(_ key: Key, at now: Int64) -> Double {
            guard let budget = budgets[key] else { return key.burst }
            return min(key.burst, budget.tries + Double(now - budget.at) / key.interval)
        }
    }

    private let state = Mutex(State())

    /// Whether somebody has signed in with this name from there.
    func knows(_ name: String, from address: String) -> Bool {
        state.withLock { $0.known.contains(Place(name: name, address: address)) }
    }

    /// Before a password is looked at.
    ///
    /// - Parameters:
    ///   - network: around the address; nil: it is not counted.
    ///   - isKnown: whether there is a session of this name from there, beyond what is remembered here.
    ///   - now: CLOCK_MONOTONIC, nanoseconds.
    /// - Throws: `ServiceError` `too_many_logins`.
    func begin(
        _ name: String, from address: String, in network: String? = nil, isKnown: Bool = false, at now: Int64
    ) throws(ServiceError) {
        let isAllowed = state.withLock { state in
            var keys = [Key.address(address)]
            if !isKnown, !state.known.contains(Place(name: name, address: address)) {
                keys.append(.name(name))
                if let network { keys.append(.network(network)) }
            }
            let left = keys.map { state.left($0, at: now) }
            guard left.allSatisfy({ $0 >= 1 }) else { return false }
            for (key, left) in zip(keys, left) { state.budgets[key] = Budget(tries: left - 1, at: now) }
            if state.budgets.count > Self.limit {
                for key in state.budgets.keys where state.left(key, at: now) >= key.burst - 1 {
                    state.budgets[key] = nil
                }
            }
            // All of them are in use: then somebody has very many addresses, and only names are counted.
            if state.budgets.count > Self.limit { state.budgets = state.budgets.filter { $0.key.isName } }
            if state.budgets.count > Self.limit { state.budgets = [:] }
            return true
        }
        guard isAllowed else { throw .tooManyLogins }
    }

    /// The password was the right one: this try does not count.
    func succeeded(_ name: String, from address: String, in network: String? = nil) {
        state.withLock { state in
            for key in [Key.address(address), .name(name)] + (network.map { [.network($0)] } ?? []) {
                guard var budget = state.budgets[key] else { continue }
                budget.tries = min(key.burst, budget.tries + 1)
                state.budgets[key] = budget
            }
            if state.known.count >= Self.limit { state.known = [] }
            state.known.insert(Place(name: name, address: address))
        }
    }
}
