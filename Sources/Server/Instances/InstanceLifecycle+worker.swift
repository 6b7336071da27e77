import WorkerLink

/// What an instance knows of its worker.
extension InstanceLifecycle {
    /// A worker that was started and has not exited.
    struct Attempt: Sendable, Hashable {
        var started: Int64
        /// When the worker last gave a sign of life.
        var heard: Int64
        var hasReported = false
        /// How long its first frame is waited for.
        var firstFrame = FirstFrame.ordinary
        /// Its worker tries each of its sources again by itself.
        var hasSeveralSources = false
        /// When its silence was noticed.
        var suspected: Int64?
    }

    /// What there is of a worker.
    enum WorkerPhase: Sendable, Hashable {
        case none
        case running(Attempt)
        /// Told to stop, killed, or said its last word; nothing that it still says counts.
        case ending
    }
}
