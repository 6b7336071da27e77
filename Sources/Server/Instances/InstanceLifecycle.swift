import WorkerLink

/// The life of one instance as a pure state machine: what happened goes in with its time, what is to be done comes out.
///
/// It starts at most one worker at a time, and a new one only when the one before has exited.
struct InstanceLifecycle: Sendable {
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
        /// The worker is gone and reaped; comes once for each `startWorker`.
        case exited(FailureReason, String)
        /// Somebody wants the instance gone.
        case stop
        /// `nextDeadline` has come.
        case tick
    }

    /// What is to be done, in this order.
    enum Action: Sendable, Hashable {
        case startWorker
        /// Ask it to stop; end it when it does not.
        case stopWorker
        /// SIGKILL, now.
        case killWorker
        /// `state`, `reason` or `message` have changed.
        case stateChanged
        /// The instance is gone.
        case finished
    }

    /// Time from the start of a worker to the first frame of every source.
    static let firstFrameDeadline: Int64 = .seconds(10)
    /// Time from the start of a worker to its first progress: a first scan of all plugins may take seconds.
    static let firstSignDeadline: Int64 = .seconds(10)
    /// Time between two progress messages; one is due every 250 ms.
    static let silenceDeadline: Int64 = .seconds(2)
    /// After that, time to hear messages that lay unread because this process itself was held up.
    static let secondChance: Int64 = .seconds(0.25)
    /// Frames have to come for this long before the next failure counts as a first one.
    static let healthyAfter: Int64 = .seconds(30)

    /// A worker that was started and has not exited.
    struct Attempt: Sendable, Hashable {
        var started: Int64
        /// When the worker last gave a sign of life.
        var heard: Int64
        var hasReported = false
        /// When its silence was noticed.
        var suspected: Int64?
    }

    enum Worker: Sendable, Hashable {
        case none
        case running(Attempt)
        /// Told to stop, killed, or said its last word; nothing that it still says counts.
        case ending
    }

    var state = InstanceState.starting
    /// When `state` was entered: CLOCK_MONOTONIC, nanoseconds.
    var since: Int64
    var reason: FailureReason?
    var message: String?
    /// Only while retrying: CLOCK_MONOTONIC, nanoseconds.
    var nextRetry: Int64?
    /// Workers started after the first.
    var restarts = 0
    var worker = Worker.none
    var isFinished = false
    var attempts = 0
    var schedule = RetrySchedule()
    let jitter: @Sendable () -> Double

    /// - Parameters:
    ///   - now: CLOCK_MONOTONIC, nanoseconds.
    ///   - jitter: factor on each wait, 0.8…1.2.
    init(at now: Int64, jitter: @escaping @Sendable () -> Double = { .random(in: 0.8...1.2) }) {
        self.since = now
        self.jitter = jitter
    }

    /// When `tick` is wanted at the latest: CLOCK_MONOTONIC, nanoseconds.
    var nextDeadline: Int64? {
        switch worker {
        case .none:
            return nextRetry
        case .ending:
            return nil
        case .running(let attempt):
            let sign = attempt.suspected.map { $0 + Self.secondChance } ?? silenceDeadline(of: attempt)
            return isAwaitingFirstFrame(attempt) ? min(sign, attempt.started + Self.firstFrameDeadline) : sign
        }
    }

    /// A worker that has given no sign of life is judged by that first.
    func isAwaitingFirstFrame(_ attempt: Attempt) -> Bool { state == .starting && attempt.hasReported }

    func silenceDeadline(of attempt: Attempt) -> Int64 {
        attempt.hasReported ? attempt.heard + Self.silenceDeadline : attempt.started + Self.firstSignDeadline
    }
}
