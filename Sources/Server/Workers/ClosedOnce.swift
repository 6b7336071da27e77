import Synchronization
import SystemPackage

/// A descriptor that several paths may want to close, and exactly one does.
final class ClosedOnce: Sendable {
    let descriptor: FileDescriptor
    private let isClosed = Atomic(false)

    init(_ descriptor: FileDescriptor) {
        self.descriptor = descriptor
    }

    func close() {
        guard !isClosed.exchange(true, ordering: .relaxed) else { return }
        try? descriptor.close()
    }
}
