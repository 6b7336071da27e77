internal import Synchronization

/// Counts the buffers of a small pool that frames of one outlet still hold.
///
/// v4l2 and hardware pools have about four buffers: a tap that keeps two of them starves the camera.
final class BufferLease: Sendable {
    private let outstanding: SharedCount

    init(_ outstanding: SharedCount) {
        self.outstanding = outstanding
        outstanding.value.add(1, ordering: .relaxed)
    }

    deinit { outstanding.value.subtract(1, ordering: .relaxed) }
}

/// A number that several threads count.
final class SharedCount: Sendable {
    let value = Atomic<Int>(0)
}
