internal import Synchronization

/// Lets the frames of one attempt through, and of no other, while a source is built anew: the pipeline before may hang, and one
/// that hangs may come back to life at any time.
final class AttemptGate: Sendable {
    /// Held while a frame goes through; nobody waits for it but who would be the second.
    private let valid = Mutex<UInt64>(0)

    /// The only ticket that is good from now on. Waits for a frame that is on its way through.
    func take() -> UInt64 {
        valid.withLock {
            $0 += 1
            return $0
        }
    }

    /// Nothing is done where the ticket is an old one.
    func pass(_ ticket: UInt64, _ body: () -> Void) {
        valid.withLock { if $0 == ticket { body() } }
    }
}
