internal import Synchronization

/// Where a stage made anew waits until the thread that runs the old one comes by.
final class StageMailbox: Sendable {
    private let isWaiting = Atomic<Bool>(false)
    private let next = Mutex<Box?>(nil)

    /// Handed from one thread to the other, never shared.
    private struct Box: @unchecked Sendable {
        let stage: any Stage
    }

    /// Replaces one that nobody has taken yet; the giver keeps nothing of it.
    func put(_ stage: any Stage) {
        let box = Box(stage: stage)
        next.withLock { $0 = box }
        isWaiting.store(true, ordering: .releasing)
    }

    /// Between two frames; costs one read of an atomic while nothing waits.
    func take() -> (any Stage)? {
        guard isWaiting.load(ordering: .relaxed), isWaiting.exchange(false, ordering: .acquiring) else { return nil }
        return next.withLock { $0.take() }?.stage
    }
}
