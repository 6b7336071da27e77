import Synchronization

/// A value that a reload of the configuration exchanges, for all who hold this.
final class Live<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    /// As it is at the moment.
    var value: Value { state.withLock(\.self) }

    func exchange(for value: Value) { state.withLock { $0 = value } }
}
