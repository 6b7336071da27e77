import WorkerLink

/// Those who watch one variant of a tap on one event loop, served in turns. Confined to the loop.
final class LaneViewers: LaneAudience {
    /// Viewers served in one turn: one takes as long as a system call, and whatever else the loop has to do waits.
    private static let slice = 100

    private let numbers: ViewerNumbers
    private let rateTaken: (Double?) -> Void
    private var subscriptions: [TapSubscription] = []
    private var pace = TakenRate()
    private var tally = ViewerTally()
    /// What is being handed round.
    private var frame: SharedFrame?
    private var rounds = Rounds()

    init(numbers: ViewerNumbers, rateTaken: @escaping (Double?) -> Void) {
        self.numbers = numbers
        self.rateTaken = rateTaken
    }

    func add(_ subscription: TapSubscription) {
        subscriptions.append(subscription)
        rounds.added()
        // Nobody knows yet what the new one can take.
        if pace.reset() { rateTaken(nil) }
    }

    var isEmpty: Bool { subscriptions.isEmpty }

    /// - Returns: whether it was there.
    func remove(_ subscription: TapSubscription) -> Bool {
        guard let place = subscriptions.firstIndex(where: { $0 === subscription }) else { return false }
        subscriptions.remove(at: place)
        rounds.removed(at: place, of: subscriptions.count)
        return true
    }

    /// Serves a slice of the viewers, with the newer picture where there is one: those who have not had the one before
    /// do not get it any more, and it is still their turn.
    ///
    /// - Parameter now: CLOCK_MONOTONIC, nanoseconds.
    /// - Returns: whether some have not had their turn.
    func serve(_ newer: SharedFrame?, at now: Int64) -> Bool {
        if let newer {
            if pace.isOver(at: now) { judgePace(newer, at: now) }
            frame = newer
            rounds.begin(subscriptions.count)
        }
        guard let frame else { return false }
        var delivery = Delivery(frame)
        for _ in 0..<Self.slice {
            // A socket that turns out to be gone may take its viewer, and others, off the list.
            guard let place = rounds.turn(of: subscriptions.count) else { break }
            subscriptions[place].offer(&delivery, &tally)
        }
        numbers.take(&tally, age: CaptureTime.age(frame.captured, now: now))
        if rounds.waiting == 0 { self.frame = nil }
        return rounds.waiting > 0
    }

    private func judgePace(_ frame: SharedFrame, at now: Int64) {
        var best = 0
        for subscription in subscriptions {
            best = max(best, subscription.taken)
            subscription.taken = 0
        }
        if pace.judge(taken: best, ordinal: frame.ordinal, at: now) { rateTaken(pace.limit) }
    }

    func stateChanged(_ change: InstanceStateChange) {
        for subscription in subscriptions { subscription.stateChanged(change) }
    }

    func codingChanged() {
        // Whoever turns to the video leaves this list.
        for subscription in Array(subscriptions) { subscription.codingChanged() }
    }

    func end(_ reason: FailureReason) {
        let all = subscriptions
        subscriptions = []
        frame = nil
        rounds.begin(0)
        for subscription in all { subscription.end(reason) }
    }
}

@available(*, unavailable)
extension LaneViewers: Sendable {}
