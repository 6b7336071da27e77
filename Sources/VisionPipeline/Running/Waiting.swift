internal import Foundation

/// Waits a while for what may take longer, as looking up a name does, and goes on without it.
enum Waiting {
    static func result<Value: Sendable>(
        within seconds: Double, else late: Value, _ work: @escaping @Sendable () -> Value
    ) -> Value {
        let box = Box<Value>()
        DetachedThread.start(name: "probe") { box.finish(work()) }
        return box.wait(seconds) ?? late
    }

    /// One value, handed from the working thread to the one that waits.
    private final class Box<Value: Sendable>: @unchecked Sendable {  // `value` is guarded by `condition`
        private let condition = NSCondition()
        private var value: Value?

        func finish(_ value: Value) {
            condition.withLock {
                self.value = value
                condition.signal()
            }
        }

        func wait(_ seconds: Double) -> Value? {
            let deadline = Date(timeIntervalSinceNow: seconds)
            return condition.withLock {
                while value == nil, condition.wait(until: deadline) {}
                return value
            }
        }
    }
}
