import NIOCore
import WorkerLink

/// An access unit as it came over a link.
struct ReceivedUnit: Sendable {
    var header: UnitHeader
    /// A byte stream by Annex B of H.264 and H.265, parameter sets before each keyframe; a slice of what was read.
    var bytes: ByteBuffer
}
