import WorkerLink

/// What an instance has become.
struct InstanceStateChange: Sendable, Hashable {
    var state: InstanceState
    var reason: FailureReason?
    var message: String?
}
