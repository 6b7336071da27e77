internal import Synchronization

/// Lets the frames of one attempt through, and of no other, while a source is built anew: the pipeline before may hang, and one
/// that hangs may come back to life at any time.
final class AttemptGate: Sendable {
    /// Held while a frame goes through; nobody waits for it but who would be the second.
    private let valid = Mutex<UInt64>(0)

    /// Only this attempt's are let through from now on. Waits for a frame that is on its way through.
    ///
    /// - Returns: false where a later one has come before it, since it took so long to be made.
    @discardableResult
    func open(for attempt: UInt64) -> Bool {
        valid.withLock {
            guard attempt >= $0 else { return false }
            $0 = attempt
            return true
        }
    }

    /// Nothing is done for an attempt that has been followed by another.
    func pass(_ attempt: UInt64, _ body: () -> Void) {
        valid.withLock { if $0 == attempt { body() } }
    }
}
