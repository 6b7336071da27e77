internal import Synchronization

/// Pictures of which RTP packets are missing, told by their timestamps: of the picture before a gap perhaps the end, of the one behind it
/// the beginning.
///
/// Depayloaders flag a gap only at what they give out next, and at their very first picture, where every stretch begins with such a
/// flag, not at all.
final class PacketGaps: Sendable {
    private struct State {
        var times: [UInt64] = []
        var next = 0
    }

    /// More than are on their way to a decoder.
    private static let mostHeld = 64
    private let state = Mutex(State())

    /// Some of the picture that has this timestamp is missing, or may be.
    func hasGap(at time: UInt64) -> Bool { state.withLock { time != .max && $0.times.contains(time) } }

    func note(_ time: UInt64) {
        guard time != .max else { return }
        state.withLock {
            if $0.times.count < Self.mostHeld {
                $0.times.append(time)
            } else {
                $0.times[$0.next] = time
                $0.next = ($0.next + 1) % Self.mostHeld
            }
        }
    }
}
