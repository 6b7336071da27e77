import Logging
import WorkerLink

/// What log and events are told of an instance: each change for whoever reads on, but no line a try of one that fails alike each time.
struct InstanceJournal {
    private let id: String
    private let logger: Logger
    private let events: EventLog
    private var lines = StateLog(at: MonotonicClock.now())
    /// So many of one report's branches are told of.
    private static let mostBranches = 256
    /// By the name, of branches that the worker's last report names.
    private(set) var branchLines: [String: BranchLog] = [:]
    /// Of which `events` were told last.
    private var told: (state: InstanceState, reason: FailureReason?)?

    /// - Parameter rest: how it has been left before; events know.
    init(_ id: String, logger: Logger, events: EventLog, rest: InstanceRest?) {
        (self.id, self.logger, self.events) = (id, logger, events)
        told = rest.map { ($0.state, $0.reason) }
    }

    /// The instance has changed.
    ///
    /// - Returns: whether that is an event: tries of one that fails alike each time are one, up to the one that succeeds.
    mutating func changed(to change: InstanceStateChange) -> Bool {
        log(lines.changed(to: change, at: MonotonicClock.now()))
        guard change.state != .starting, change.state != .stopping else { return false }
        if let told, told == (change.state, change.reason) { return false }
        told = (change.state, change.reason)
        events.append(
            LoggedEvent(
                .state, of: id, state: change.state, reason: change.reason?.rawValue, message: change.message))
        return true
    }

    /// Something has happened that may be the occasion for a line that had to wait.
    mutating func look() { log(lines.due(at: MonotonicClock.now())) }

    private func log(_ line: StateLog.Line?) {
        guard let line else { return }
        let change = line.change
        var metadata: Logger.Metadata = ["state": "\(change.state.rawValue)"]
        if let reason = change.reason { metadata["reason"] = "\(reason.rawValue)" }
        if line.more > 0 { metadata["changes_before"] = "\(line.more)" }
        let isTrouble = change.state == .stalled || change.state == .retrying || change.state == .failed
        logger.log(level: isTrouble ? .warning : .info, "\(change.message ?? "instance")", metadata: metadata)
    }

    /// Of what has become of branches since a worker's last word.
    mutating func branches(_ branches: [BranchProgress], since before: Progress?) {
        let now = MonotonicClock.now()
        // A worker may name others without end.
        let branches = branches.prefix(Self.mostBranches)
        let names = Set(branches.map(\.name))
        branchLines = branchLines.filter { names.contains($0.key) }
        for branch in branches {
            var log = branchLines[branch.name] ?? BranchLog(at: now, isLate: before != nil)
            // Another worker's runs until that says otherwise.
            if before == nil { log.begin() }
            let line = log.note(branch, at: now)
            branchLines[branch.name] = log
            guard let line else { continue }
            let reason = line.reason.map { ": \($0)" } ?? ""
            let isTrouble = line.state == .retrying || line.state == .failed
            let metadata: Logger.Metadata = line.more > 0 ? ["changes_before": "\(line.more)"] : [:]
            logger.log(
                level: isTrouble ? .warning : .info, "branch \(branch.name) is \(line.state.rawValue)\(reason)",
                metadata: metadata)
        }
    }
}
