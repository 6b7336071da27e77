import Plans
import WorkerLink

/// What goes into the life of an instance, and what comes out of it.
extension InstanceLifecycle {
    /// What happens to an instance.
    enum Event: Sendable {
        /// The instance was created.
        case start
        /// The worker could build the plan.
        case compiled
        /// The worker says that the plan cannot run as it stands.
        case invalid(FailureReason, String)
        case progress(Progress)
        /// The worker's last word.
        case ended(FailureReason, String)
        /// The worker broke the rules of the link.
        case violation(String)
        /// The worker takes more of the machine than it may.
        case exceeded(String)
        /// The worker is gone and reaped; comes once for each `startWorker`.
        case exited(FailureReason, String)
        /// Somebody looks, or nobody any more.
        case demand(Bool)
        /// What it waits for may be there: a camera was plugged in.
        case hint
        /// Why it is `retrying` for this reason, in more words than its worker had.
        case explained(FailureReason, String)
        /// Somebody wants the instance gone.
        case stop
        /// `nextDeadline` has come.
        case tick
    }

    /// What is to be done, in this order.
    enum Action: Sendable, Hashable {
        case startWorker
        /// Ask it to stop; end it when it does not. Once more: sooner, where that is possible.
        case stopWorker
        /// SIGKILL, now.
        case killWorker
        /// `state`, `reason` or `message` have changed.
        case stateChanged
        /// The instance is gone.
        case finished
    }
}

extension InstanceLifecycle.Event {
    /// The worker could not build the plan, and says why.
    static func refused(for diagnostics: [Diagnostic]) -> Self {
        let errors = diagnostics.filter { $0.severity == .error }
        let message = errors.first.map { "line \($0.line), column \($0.column): \($0.message)" }
        let isMissing = errors.contains { $0.code == .unknownElement }
        return .invalid(isMissing ? .elementMissing : .planInvalid, message ?? "the plan cannot be built")
    }
}
