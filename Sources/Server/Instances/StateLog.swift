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

    private var allowance: LineAllowance
    /// What a reader of the log knows.
    private var told: InstanceStateChange?
    private var toldAt: Int64
    /// What it is by now, where that is something else.
    private var untold: InstanceStateChange?
    private var more = 0

    /// - Parameter now: CLOCK_MONOTONIC, nanoseconds, here and below.
    init(at now: Int64) {
        allowance = LineAllowance(at: now)
        toldAt = now
    }

    /// The instance has changed.
    mutating func changed(to change: InstanceStateChange, at now: Int64) -> Line? {
        if untold != nil { more += 1 }
        untold = change
        // Nothing may follow that a line could wait for.
        if change.state == .completed || change.state == .failed || change.state == .stopping { return tell(at: now) }
        // What everybody expects after a failure that was told: it says nothing.
        if change.state == .starting, told != nil { return nil }
        return isDue(at: now) ? tell(at: now) : nil
    }

    /// Something has happened that may be the occasion for a line that had to wait.
    mutating func due(at now: Int64) -> Line? {
        guard let untold, untold.state != .starting else { return nil }
        return isDue(at: now) ? tell(at: now) : nil
    }

    private mutating func isDue(at now: Int64) -> Bool {
        guard allowance.hasLine(at: now) else { return false }
        // The same trouble again, and nothing else in between.
        let isRepeated = untold?.state == .retrying && told?.state == .retrying && untold?.reason == told?.reason
        return !isRepeated || now - toldAt >= LineAllowance.pause
    }

    private mutating func tell(at now: Int64) -> Line? {
        guard let change = untold else { return nil }
        let line = Line(change: change, more: more)
        allowance.spend()
        (told, toldAt, untold, more) = (change, now, nil, 0)
        return line
    }
}
