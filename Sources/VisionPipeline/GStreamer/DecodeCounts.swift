internal import Synchronization
internal import WorkerLink

/// Pictures that a pipeline's decoders did not get, or did not get whole.
final class DecodeCounts: Sendable {
    private let refused = Atomic<UInt64>(0)
    private let damaged = Atomic<UInt64>(0)
    private let notCopied = Atomic<UInt64>(0)
    /// When a picture was last dropped because none had been whole yet: CLOCK_MONOTONIC, nanoseconds.
    private let awaiting = Atomic<Int64>(.min)

    /// A broken or too large picture was kept from a decoder.
    func refuse() { refused.add(1, ordering: .relaxed) }
    /// So many were kept from who writes them down or sends them on as they are; of several of those the most counts.
    func refuseCopy(_ count: UInt64) { notCopied.max(count, ordering: .relaxed) }
    /// A decoder that had given whole pictures gave one with faults in it.
    func damage() { damaged.add(1, ordering: .relaxed) }
    /// Pictures come, and none has been whole yet.
    func awaitWholePicture() { awaiting.store(MonotonicClock.now(), ordering: .relaxed) }

    /// Those that were kept from a decoder.
    var refusals: UInt64 { refused.load(ordering: .relaxed) }
    var errors: UInt64 { refused.load(ordering: .relaxed) &+ damaged.load(ordering: .relaxed) }

    /// The same picture may be missing in a recording and at a decoder, or at an outlet that takes it as it is: that is one.
    ///
    /// - Parameter refused: at that outlet.
    func errors(beside refused: UInt64) -> UInt64 { max(errors &+ refused, notCopied.load(ordering: .relaxed)) }

    /// Pictures have come in the last two seconds, and none has been whole.
    var awaitsWholePicture: Bool {
        let last = awaiting.load(ordering: .relaxed)
        return last != .min && MonotonicClock.now() - last < 2_000_000_000
    }
}
