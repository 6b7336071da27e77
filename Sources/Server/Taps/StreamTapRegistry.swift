import Synchronization

/// Which taps exist: (instance, tap) → feed. Safe under concurrent use.
final class StreamTapRegistry: Sendable {
    private let feeds = Mutex<[String: [String: TapFeed]]>([:])

    init() {}

    /// Registers all taps of an instance, replacing those it had.
    func register(_ taps: [TapFeed], instance: String) {
        feeds.withLock { $0[instance] = Dictionary(taps.map { ($0.tap, $0) }, uniquingKeysWith: { _, last in last }) }
    }

    /// Forgets all taps of an instance.
    func unregister(instance: String) {
        _ = feeds.withLock { $0.removeValue(forKey: instance) }
    }

    func feed(instance: String, tap: String) -> TapFeed? {
        feeds.withLock { $0[instance]?[tap] }
    }

    /// The taps of one instance; nil when it is unknown.
    func feeds(instance: String) -> [String: TapFeed]? {
        feeds.withLock { $0[instance] }
    }

    func all() -> [String: [String: TapFeed]] {
        feeds.withLock { $0 }
    }
}
