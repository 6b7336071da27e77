internal import Synchronization

/// Pictures of which RTP packets are missing, told by their timestamps.
///
/// Depayloaders flag a gap only at what they give out next, and at their very first picture, where every stretch begins with such a
/// flag, not at all.
final class PacketGaps: Sendable {
    private struct State {
        /// Of pictures that lack something, or may.
        var incomplete = History<UInt64>(capacity: PacketGaps.mostHeld)
        /// Of those behind them.
        var followers = History<UInt64>(capacity: PacketGaps.mostHeld)
        /// Of those that are whole and come behind others that are missing.
        var behind = History<UInt64>(capacity: PacketGaps.mostHeld)
    }

    /// More than are on their way to a decoder.
    private static let mostHeld = 64
    private let state = Mutex(State())

    /// Some of the picture that has this timestamp is missing, or may be.
    ///
    /// - Parameter isFlagged: whether it is the first that came out behind a gap. GStreamer 1.22 gives a picture that it ends by the
    ///   beginning of the next one that one's timestamp.
    func isIncomplete(at time: UInt64, isFlagged: Bool) -> Bool {
        state.withLock { $0.incomplete.elements.contains(time) || isFlagged && $0.followers.elements.contains(time) }
    }

    /// Something is missing before the picture that has this timestamp, and nothing of itself.
    func isBehindGap(at time: UInt64) -> Bool { state.withLock { $0.behind.elements.contains(time) } }

    func noteIncomplete(_ time: UInt64) { note(time, \.incomplete) }
    func noteFollower(_ time: UInt64) { note(time, \.followers) }
    func noteBehindGap(_ time: UInt64) { note(time, \.behind) }

    private func note(_ time: UInt64, _ list: WritableKeyPath<State, History<UInt64>>) {
        guard time != .max else { return }
        _ = state.withLock { $0[keyPath: list].append(time) }
    }
}
