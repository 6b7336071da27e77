/// When to look at which instance again; pure. Times are CLOCK_MONOTONIC, nanoseconds.
///
/// A change of state is looked at when it comes. Numbers change all the time: they wait for the next round.
struct StateChanges: Sendable {
    /// What is to be done now.
    struct Work: Sendable, Hashable {
        /// Instances to be looked at.
        var instances: [String] = []
        /// The last request for a snapshot; nil: none is wanted.
        var snapshot: UInt64?
        /// The plans directory is to be looked at.
        var plans = false
    }

    private static let round: Int64 = .seconds(0.25)
    /// Numbers still move after the last word about them: a rate falls to 0 in seconds.
    private static let settling: Int64 = .seconds(4)
    private static let plansRound: Int64 = .seconds(1)

    /// When something was last heard of them.
    private var touched: [String: Int64] = [:]
    private var urgent: Set<String> = []
    private var request: UInt64?
    private var lastRound: Int64?
    private var lastSnapshot: Int64?
    /// When the plans directory was looked at last; nil: never.
    private var lastPlans: Int64?
    /// Somebody is at it: a disk may take its time.
    private var looksAtPlans = false

    /// - Returns: whether that has to be heard now; otherwise a round will come to it.
    mutating func touch(_ instance: String, isUrgent: Bool, at now: Int64) -> Bool {
        let isFirst = touched.isEmpty
        touched[instance] = now
        if isUrgent { urgent.insert(instance) }
        return isUrgent || isFirst
    }

    mutating func wantSnapshot(_ request: UInt64) { self.request = request }

    /// When `take` has something, at the latest.
    var nextDue: Int64 {
        if !urgent.isEmpty { return .min }
        var due = looksAtPlans ? .max : lastPlans.map { $0 + Self.plansRound } ?? .min
        if !touched.isEmpty { due = min(due, lastRound.map { $0 + Self.round } ?? .min) }
        if request != nil { due = min(due, lastSnapshot.map { $0 + Self.round } ?? .min) }
        return due
    }

    mutating func take(at now: Int64) -> Work {
        var work = Work()
        if !touched.isEmpty, lastRound.map({ now - $0 >= Self.round }) ?? true {
            lastRound = now
            work.instances = touched.keys.sorted()
            touched = touched.filter { now - $0.value < Self.settling }
        } else {
            work.instances = urgent.sorted()
        }
        urgent = []
        if lastSnapshot.map({ now - $0 >= Self.round }) ?? true, let request {
            work.snapshot = request
            (self.request, lastSnapshot) = (nil, now)
        }
        if !looksAtPlans, lastPlans.map({ now - $0 >= Self.plansRound }) ?? true {
            (work.plans, looksAtPlans) = (true, true)
        }
        return work
    }

    /// What `take` wanted with the plans is done.
    mutating func lookedAtPlans(at now: Int64) { (lastPlans, looksAtPlans) = (now, false) }
}
