import Logging
import Synchronization

/// The least that is logged, for all who log. Asked at each message, so that it takes no lock.
final class LogThreshold: Sendable {
    private let place = Atomic<Int>(0)

    var level: Logger.Level {
        get {
            let place = place.load(ordering: .relaxed)
            return Logger.Level.allCases.indices.contains(place) ? Logger.Level.allCases[place] : .trace
        }
        set { place.store(Logger.Level.allCases.firstIndex(of: newValue) ?? 0, ordering: .relaxed) }
    }
}
