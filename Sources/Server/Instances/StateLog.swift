import WorkerLink

/// Which changes of an instance's state are worth a line of the log at once. Pure.
///
/// Each one is, up to a few in a row; later ones get one line a minute that says how it stands and how many changes there were.
/// A camera that is away for a night costs a line a minute, too, however often it is tried.
struct StateLog: Sendable {
    /// What is to be logged.
    struct Line: Sendable, Hashable {
        var change: InstanceStateChange
        /// Changes that were not told before it.
        var more: Int
    }

    /// Lines that may come at once.
    private static let burst = 12
    /// After the burst, one line in this time; nanoseconds.
    private static let pause: Int64 = .seconds(60)

    private var allowance = burst
    private var refilled: Int64
    /// What a reader of the log knows.
    private var told: InstanceStateChange?
    private var toldAt: Int64
    /// What it is by now, where that is something else.
    private var untold: InstanceStateChange?
    private var more = 0

    /// - Parameter now: CLOCK_MONOTONIC, nanoseconds, here and below.
    init(at now: Int64) {
        refilled = now
        toldAt = now
    }

    /// The instance has changed.
    mutating func changed(to change: InstanceStateChange, at now: Int64) -> Line? {
        if untold != nil { more += 1 }
        untold = change
        refill(at: now)
        // Nothing may follow that a line could wait for.
        if change.state == .completed || change.state == .failed || change.state == .stopping { return tell(at: now) }
        // What everybody expects after a failure that was told: it says nothing.
        if change.state == .starting, told != nil { return nil }
        return isDue(at: now) ? tell(at: now) : nil
    }

    /// Something has happened that may be the occasion for a line that had to wait.
    mutating func due(at now: Int64) -> Line? {
        guard let untold, untold.state != .starting else { return nil }
        refill(at: now)
        return isDue(at: now) ? tell(at: now) : nil
    }

    private func isDue(at now: Int64) -> Bool {
        guard allowance > 0 else { return false }
        // The same trouble again, and nothing else in between.
        let isRepeated = untold?.state == .retrying && told?.state == .retrying && untold?.reason == told?.reason
        return !isRepeated || now - toldAt >= Self.pause
    }

    private mutating func refill(at now: Int64) {
        let periods = (now - refilled) / Self.pause
        guard periods > 0 else { return }
        allowance = Int(min(Int64(allowance) + periods, Int64(Self.burst)))
        refilled += periods * Self.pause
    }

    private mutating func tell(at now: Int64) -> Line? {
        guard let change = untold else { return nil }
        let line = Line(change: change, more: more)
        allowance = max(0, allowance - 1)
        (told, toldAt, untold, more) = (change, now, nil, 0)
        return line
    }
}
