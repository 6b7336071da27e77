import Synchronization

/// Which taps exist: (instance, tap) → feed. Safe under concurrent use.
public final class StreamTapRegistry: Sendable {
    private let feeds = Mutex<[String: [String: TapFeed]]>([:])

    public init() {}

    /// Registers all taps of an instance, replacing those it had.
    public func register(_ taps: [TapFeed], instance: String) {
        feeds.withLock { $0[instance] = Dictionary(taps.map { ($0.tap, $0) }, uniquingKeysWith: { _, last in last }) }
    }

    /// Forgets all taps of an instance.
    public func unregister(instance: String) {
        _ = feeds.withLock { $0.removeValue(forKey: instance) }
    }

    public func feed(instance: String, tap: String) -> TapFeed? {
        feeds.withLock { $0[instance]?[tap] }
    }

    /// The taps of one instance; nil when it is unknown.
    public func feeds(instance: String) -> [String: TapFeed]? {
        feeds.withLock { $0[instance] }
    }

    public func all() -> [String: [String: TapFeed]] {
        feeds.withLock { $0 }
    }
}
