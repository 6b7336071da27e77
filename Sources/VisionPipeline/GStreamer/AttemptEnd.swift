internal import Synchronization

/// Whether the end of an attempt's stream is the end for who takes what it gives. Of several sources one may begin anew.
final class AttemptEnd: Sendable {
    private let mayFollow = Atomic<Bool>(false)
    private let failed = Atomic<Bool>(false)

    /// Whoever runs the plan says what the end of the stream is.
    func expectSuccessor() { mayFollow.store(true, ordering: .releasing) }

    /// An element has reported an error; what ends then has not been played.
    func fail() { failed.store(true, ordering: .releasing) }

    /// - Parameter isLive: pictures as they are captured have no end; a film has, unless it fails.
    func isFinal(isLive: Bool) -> Bool {
        !(mayFollow.load(ordering: .acquiring) && (isLive || failed.load(ordering: .acquiring)))
    }
}
