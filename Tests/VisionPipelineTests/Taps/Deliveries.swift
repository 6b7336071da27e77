import Synchronization
import WorkerLink

/// Pictures that a tap has delivered, as a test sees them.
final class Deliveries: Sendable {
    private let state = Mutex<[EncodedFrame]>([])

    var all: [EncodedFrame] { state.withLock { $0 } }
    var count: Int { state.withLock { $0.count } }

    func add(_ frame: EncodedFrame) { state.withLock { $0.append(frame) } }
}

/// A clock that a test turns.
final class ManualClock: Sendable {
    private let state = Mutex<Int64>(1_000_000_000)

    var now: Int64 { state.withLock { $0 } }

    func advance(milliseconds: Int64) { state.withLock { $0 += milliseconds * 1_000_000 } }
}
