import Dispatch
import Synchronization

/// Hashes passwords one at a time on a thread of its own, so that however many want to sign in, one core is all that they take,
/// and pictures go first.
///
/// Those who are known are asked first, and have room of their own: strangers from however many places keep none of them waiting
/// for longer than one password takes.
final class PasswordQueue: Sendable {
    /// Whose turn it is.
    enum Turn: Sendable, Hashable {
        /// Somebody signed in, or who has signed in with this name from where they are.
        case known
        /// Anybody else, and the network that they come from.
        case stranger(network: String)
    }

    /// Those that wait, of each kind. Each takes about 50 ms: longer than half a second nobody waits well.
    private static let limit = 10
    /// Strangers of one network.
    private static let limitOfNetwork = 2

    private struct Waiting {
        var known: [@Sendable () -> Void] = []
        var strangers: [(network: String, work: @Sendable () -> Void)] = []

        mutating func add(_ turn: Turn, _ work: @escaping @Sendable () -> Void) -> Bool {
            switch turn {
            case .known:
                guard known.count < PasswordQueue.limit else { return false }
                known.append(work)
            case .stranger(let network):
                guard strangers.count < PasswordQueue.limit,
                    strangers.count(where: { $0.network == network }) < PasswordQueue.limitOfNetwork
                else { return false }
                strangers.append((network, work))
            }
            return true
        }

        mutating func next() -> (@Sendable () -> Void)? {
            if !known.isEmpty { return known.removeFirst() }
            return strangers.isEmpty ? nil : strangers.removeFirst().work
        }
    }

    private let queue = DispatchQueue(label: "streamtap.passwords", qos: .utility)
    private let waiting = Mutex(Waiting())

    /// Those who are known and wait.
    var waitingKnown: Int { waiting.withLock(\.known.count) }

    /// - Throws: `ServiceError` `too_many_logins` when too many wait, or what `work` throws.
    func run<T: Sendable>(as turn: Turn, _ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let isAdmitted = waiting.withLock {
                $0.add(turn) { continuation.resume(with: Result { try work() }) }
            }
            guard isAdmitted else { return continuation.resume(throwing: ServiceError.tooManyLogins) }
            // Once for each that waits; which one it is, is known when it is its turn.
            queue.async { self.waiting.withLock { $0.next() }?() }
        }
    }
}
