/// When to look at which instance again; pure. Times are CLOCK_MONOTONIC, nanoseconds.
///
/// A change of state is looked at when it comes. Numbers change all the time: they wait until the last look is long enough ago.
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

    /// What is known of when an instance was looked at.
    private struct Subject {
        /// When something was last heard of it.
        var touched: Int64
        /// When it was looked at last; nil: never.
        var looked: Int64?
        /// Something was heard since.
        var isPending = true

        /// When it is to be looked at again.
        var due: Int64 { looked.map { $0 + (isPending ? StateChanges.interval : 2 * StateChanges.interval) } ?? .min }
    }

    /// Between two looks at an instance's numbers.
    private static let interval: Int64 = .seconds(0.25)
    /// Between two looks at whichever instances: what is published together is sent together.
    private static let gap: Int64 = .seconds(0.1)
    /// Numbers still move after the last word about them: a rate falls to 0 in seconds.
    private static let settling: Int64 = .seconds(4)
    private static let plansRound: Int64 = .seconds(1)

    private var subjects: [String: Subject] = [:]
    private var urgent: Set<String> = []
    private var request: UInt64?
    private var lastRound: Int64?
    private var lastSnapshot: Int64?
    /// When the plans directory was looked at last; nil: never.
    private var lastPlans: Int64?
    /// Somebody is at it: a disk may take its time.
    private var looksAtPlans = false

    /// - Returns: whether that has to be heard now; otherwise somebody will come to it.
    mutating func touch(_ instance: String, isUrgent: Bool, at now: Int64) -> Bool {
        let isNews = subjects[instance]?.isPending != true
        subjects[instance] = Subject(touched: now, looked: subjects[instance]?.looked)
        if isUrgent { urgent.insert(instance) }
        return isUrgent || isNews
    }

    mutating func wantSnapshot(_ request: UInt64) { self.request = request }

    /// When `take` has something, at the latest.
    var nextDue: Int64 {
        if !urgent.isEmpty { return .min }
        var due = looksAtPlans ? .max : lastPlans.map { $0 + Self.plansRound } ?? .min
        if let first = subjects.values.map(\.due).min() {
            due = min(due, max(first, lastRound.map { $0 + Self.gap } ?? .min))
        }
        if request != nil { due = min(due, lastSnapshot.map { $0 + Self.interval } ?? .min) }
        return due
    }

    mutating func take(at now: Int64) -> Work {
        var work = Work()
        var looked = urgent
        if lastRound.map({ now - $0 >= Self.gap }) ?? true {
            looked.formUnion(subjects.filter { $0.value.due <= now }.keys)
            if !looked.isEmpty { lastRound = now }
        }
        for id in looked {
            subjects[id]?.looked = now
            subjects[id]?.isPending = false
        }
        subjects = subjects.filter { $0.value.isPending || now - $0.value.touched < Self.settling }
        (work.instances, urgent) = (looked.sorted(), [])
        if lastSnapshot.map({ now - $0 >= Self.interval }) ?? true, let request {
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
