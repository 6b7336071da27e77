import WorkerLink

/// Which changes of one branch are worth a line of the log at once. Pure.
///
/// As with instances (`StateLog`): each one is, up to a few in a row; later ones get one line a minute that says how it stands and how
/// many changes there were. What has ended for good is told at once, once for each worker.
struct BranchLog: Sendable {
    /// What is to be logged.
    struct Line: Sendable, Hashable {
        var state: BranchProgress.State
        var reason: String?
        /// Changes that were not told before it.
        var more: Int
    }

    private var allowance: LineAllowance
    private var known = BranchProgress.State.running
    private var untold: Line?
    /// An end has been told at once: whatever comes after it was none.
    private var hasEnded: Bool

    /// - Parameters:
    ///   - now: CLOCK_MONOTONIC, nanoseconds, here and below.
    ///   - isLate: its worker did not have it at first, as workers have all of theirs: nothing of it is told at once.
    init(at now: Int64, isLate: Bool = false) {
        (allowance, hasEnded) = (LineAllowance(at: now, isSpent: isLate), isLate)
    }

    /// Another worker has begun, in which every branch runs at first.
    mutating func begin() { (known, untold, hasEnded) = (.running, nil, false) }

    /// How it is by now, changed or not.
    mutating func note(_ branch: BranchProgress, at now: Int64) -> Line? {
        if branch.state != known {
            known = branch.state
            untold = Line(state: branch.state, reason: branch.reason, more: untold.map { $0.more + 1 } ?? 0)
        }
        let isFinal = known == .failed || known == .completed
        let mayTell = allowance.hasLine(at: now) || isFinal && !hasEnded
        guard let line = untold, mayTell else { return nil }
        if isFinal { hasEnded = true }
        allowance.spend()
        untold = nil
        return line
    }
}
