import WorkerLink

/// What is counted of an instance's current worker beyond what the API shows.
struct WorkerNumbers: Sendable {
    /// Nil while there is none.
    var process: ProcessNumbers?
    /// By stage, in the order of the plan.
    var stageTimes: [(stage: String, times: DurationHistogram)] = []
}
