internal import Synchronization

/// Pictures of which RTP packets are missing, told by their timestamps: of the picture before a gap perhaps the end, of the one behind it
/// the beginning.
///
/// Depayloaders flag a gap only at what they give out next, and at their very first picture, where every stretch begins with such a
/// flag, not at all.
final class PacketGaps: Sendable {
    private struct State {
        var times = History<UInt64>(capacity: PacketGaps.mostHeld)
        /// Timestamp of the picture behind the newest that lacks something.
        var follower: UInt64?
    }

    /// More than are on their way to a decoder.
    private static let mostHeld = 64
    private let state = Mutex(State())

    /// Some of the picture that has this timestamp is missing, or may be.
    func hasGap(at time: UInt64) -> Bool { state.withLock { time != .max && $0.times.elements.contains(time) } }

    /// Whether the picture that first comes out with this timestamp may be one that lacks something: GStreamer 1.22 gives the first that
    /// it ends by the beginning of the next one that one's timestamp.
    func mayHaveGap(atFirst time: UInt64) -> Bool { state.withLock { time != .max && $0.follower == time } }

    func noteFollower(_ time: UInt64) { state.withLock { $0.follower = time } }

    func note(_ time: UInt64) {
        guard time != .max else { return }
        _ = state.withLock { $0.times.append(time) }
    }
}
