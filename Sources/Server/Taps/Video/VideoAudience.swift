import WorkerLink

/// Those who watch a tap's video on one event loop, served in turns. Confined to the loop.
///
/// Each takes from the feed what it has not had, so that nothing waits here.
final class VideoAudience: LaneAudience {
    /// Viewers served in one turn: one takes as long as a system call, and whatever else the loop has to do waits.
    private static let slice = 100

    private let numbers: ViewerNumbers
    private var subscriptions: [VideoSubscription] = []
    private var tally = ViewerTally()
    private var rounds = Rounds()
    /// The newest there is.
    private var unit: SharedUnit?

    init(numbers: ViewerNumbers) { self.numbers = numbers }

    var isEmpty: Bool { subscriptions.isEmpty }

    func add(_ subscription: VideoSubscription) {
        subscriptions.append(subscription)
        rounds.added()
    }

    /// - Returns: whether it was there.
    func remove(_ subscription: VideoSubscription) -> Bool {
        guard let place = subscriptions.firstIndex(where: { $0 === subscription }) else { return false }
        subscriptions.remove(at: place)
        rounds.removed(at: place, of: subscriptions.count)
        return true
    }

    func serve(_ newer: SharedUnit?, at now: Int64) -> Bool {
        if let newer {
            unit = newer
            rounds.begin(subscriptions.count)
        }
        guard let unit else { return false }
        let delivery = UnitDelivery(unit)
        for _ in 0..<Self.slice {
            // A socket that turns out to be gone may take its viewer, and others, off the list.
            guard let place = rounds.turn(of: subscriptions.count) else { break }
            subscriptions[place].offer(delivery, &tally)
        }
        numbers.take(&tally, age: CaptureTime.age(unit.captured, now: now))
        if rounds.waiting == 0 { self.unit = nil }
        return rounds.waiting > 0
    }

    func stateChanged(_ change: InstanceStateChange) {
        for subscription in subscriptions { subscription.stateChanged(change) }
    }

    func codingChanged() {
        // Whoever turns to pictures leaves this list.
        for subscription in Array(subscriptions) { subscription.codingChanged() }
    }

    func end(_ reason: FailureReason) {
        let all = subscriptions
        subscriptions = []
        unit = nil
        rounds.begin(0)
        for subscription in all { subscription.end(reason) }
    }
}

@available(*, unavailable)
extension VideoAudience: Sendable {}
