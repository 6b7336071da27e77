import Plans
import WorkerLink

/// How an instance of a server before this one stands that is not to be started.
struct InstanceRest: Sendable {
    /// `completed` or `failed`.
    var state: InstanceState
    var reason: FailureReason
    var message: String?
    /// CLOCK_MONOTONIC, nanoseconds.
    var since: Int64
}

/// What an instance goes on from.
struct InstanceHistory: Sendable {
    /// When it was made first: CLOCK_MONOTONIC, nanoseconds.
    var created = MonotonicClock.now()
    /// What was changed at its stages.
    var options: [String: [String: ParameterValue]] = [:]
    /// What was set on its cameras, by source and control.
    var controls: [String: [String: Int64]] = [:]
    /// Nil: it is to run.
    var rest: InstanceRest?
    /// It runs once it is told to `begin`: many at a time would keep each other from it.
    var waits = false
}
