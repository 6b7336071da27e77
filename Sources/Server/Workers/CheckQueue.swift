import Synchronization

/// Lets so many in at a time; the others wait in the order in which they came, or are turned away where too many do.
final class CheckQueue: Sendable {
    private struct State {
        var running = 0
        var waiting: [CheckedContinuation<Bool, Never>] = []
    }

    private let width: Int
    private let longest: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - width: how many are in at a time.
    ///   - longest: how many may wait.
    init(width: Int, longest: Int = .max) {
        self.width = width
        self.longest = longest
    }

    /// Returns when it is one's turn, which ends with `leave`; false at once where too many wait.
    func enter() async -> Bool {
        await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
            let entered = state.withLock { state -> Bool? in
                if state.running < width {
                    state.running += 1
                    return true
                }
                guard state.waiting.count < longest else { return false }
                state.waiting.append(continuation)
                return nil
            }
            if let entered { continuation.resume(returning: entered) }
        }
    }

    /// Whoever has waited longest takes the place over.
    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume(returning: true)
    }
}
