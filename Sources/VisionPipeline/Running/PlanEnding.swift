public import WorkerLink

/// Why a plan has stopped running.
public struct PlanEnding: Sendable, Hashable {
    /// What people and scripts may switch over.
    public var reason: FailureReason
    /// For people, in the camera's own words; credentials are masked.
    public var message: String
    /// Only another process can do better, also where others of its sources run.
    var needsNewProcess = false

    /// Why it stopped, and in which words.
    public init(_ reason: FailureReason, _ message: String) {
        self.reason = reason
        self.message = message
    }
}
