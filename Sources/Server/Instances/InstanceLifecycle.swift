import WorkerLink

/// The life of one instance as a pure state machine: what happened goes in with its time, what is to be done comes out.
///
/// It starts at most one worker at a time, and a new one only when the one before has exited.
struct InstanceLifecycle: Sendable {
    /// A worker that looks after each of several sources by itself is given so much longer for that.
    private static let patienceWithSeveral: Int64 = .seconds(15)
    /// Time from the start of a worker to its first progress: a first scan of all plugins may take seconds.
    private static let firstSignDeadline: Int64 = .seconds(10)
    /// Time between two progress messages; one is due every 250 ms.
    private static let silenceDeadline: Int64 = .seconds(2)
    /// After that, time to hear messages that lay unread because this process itself was held up.
    private static let secondChance: Int64 = .seconds(0.25)
    /// From the start of a worker to the next that a hint may start.
    private static let hintedWait: Int64 = .seconds(0.5)
    /// Frames have to come for this long before the next failure counts as a first one.
    private static let healthyAfter: Int64 = .seconds(30)

    private(set) var state = InstanceState.starting
    /// When `state` was entered: CLOCK_MONOTONIC, nanoseconds.
    private(set) var since: Int64
    private(set) var reason: FailureReason?
    private(set) var message: String?
    /// Only while retrying, and waiting for that: CLOCK_MONOTONIC, nanoseconds.
    private(set) var nextRetry: Int64?
    /// Workers started after the first.
    private(set) var restarts = 0
    private(set) var worker = WorkerPhase.none
    private(set) var isFinished = false
    private(set) var attempts = 0
    /// When the last worker was, and when a hint came last.
    private var started = Int64.min
    private var hinted = Int64.min
    private var demand: DemandPatience
    private var schedule = RetrySchedule()
    private var patience = SilencePatience()
    private let jitter: @Sendable () -> Double

    /// - Parameters:
    ///   - now: CLOCK_MONOTONIC, nanoseconds.
    ///   - isOnDemand: the camera is left alone while nobody looks.
    ///   - jitter: factor on each wait, 0.8…1.2.
    init(
        at now: Int64, isOnDemand: Bool = false, jitter: @escaping @Sendable () -> Double = { .random(in: 0.8...1.2) }
    ) {
        self.since = now
        demand = DemandPatience(isOnDemand: isOnDemand, at: now)
        self.jitter = jitter
    }

    /// One that has come to rest before: nothing is started until somebody makes it anew.
    init(resting rest: InstanceRest) {
        self.init(at: rest.since)
        state = rest.state
        reason = rest.reason
        message = rest.message
    }

    /// What a worker says of its sources counts.
    var hasWorker: Bool { if case .running = worker { true } else { false } }

    /// When `tick` is wanted at the latest: CLOCK_MONOTONIC, nanoseconds.
    var nextDeadline: Int64? {
        switch worker {
        case .none:
            return nextRetry.map { min($0, demand.deadline ?? $0) }
        case .ending:
            return nil
        case .running(let attempt):
            let sign = attempt.suspected.map { $0 + Self.secondChance } ?? silenceDeadline(of: attempt)
            let next = isAwaitingFirstFrame(attempt) ? min(sign, firstFrameDeadline(of: attempt)) : sign
            return min(next, demand.deadline ?? next)
        }
    }

    // MARK: Transitions

    /// Takes in what happened.
    ///
    /// - Parameter now: CLOCK_MONOTONIC, nanoseconds; never goes back.
    mutating func handle(_ event: Event, at now: Int64) -> [Action] {
        guard !isFinished else { return [] }
        switch event {
        case .start:
            return attempts == 0 && worker == .none && state == .starting ? startWorker(at: now) : []
        case .stop:
            return stop(at: now)
        case .exited(let reason, let message):
            return workerExited(reason, message, at: now)
        case .tick:
            return tick(at: now)
        case .hint:
            return hint(at: now)
        case .demand(let isWanted):
            return demand.isOnDemand ? look(isWanted, at: now) : []
        case .explained(let reason, let message):
            guard state == .retrying, self.reason == reason, self.message != message else { return [] }
            self.message = message
            return [.stateChanged]
        case .compiled, .invalid, .progress, .ended, .violation, .exceeded:
            // The last words of a worker that is on its way out change nothing any more.
            guard case .running(let attempt) = worker else { return [] }
            return workerSaid(event, attempt, at: now)
        }
    }

    private mutating func workerSaid(_ event: Event, _ attempt: Attempt, at now: Int64) -> [Action] {
        switch event {
        case .compiled:
            // It waits for the first who looks.
            return demand.isWanted ? [] : enter(.idle, at: now)
        case .progress(let progress):
            return judge(progress, attempt, at: now)
        case .invalid(let reason, let message):
            return end(.stopWorker, then: enter(.failed, reason, message, at: now))
        case .ended(.endOfStream, _):
            return end(.stopWorker, then: enter(.completed, .endOfStream, at: now))
        case .ended(.stopRequested, _):
            return end(.stopWorker, then: fail(.workerCrashed, "the worker was stopped from outside", at: now))
        case .ended(let reason, let message):
            return end(.stopWorker, then: fail(reason, message, at: now))
        case .violation(let message):
            return end(.killWorker, then: fail(.workerProtocol, message, at: now))
        case .exceeded(let message):
            return end(.killWorker, then: fail(.resourceLimit, message, at: now))
        default:
            return []
        }
    }

    /// Progress is the sign of life, and what `running` and `stalled` are judged from.
    private mutating func judge(_ progress: Progress, _ attempt: Attempt, at now: Int64) -> [Action] {
        let health = SourceHealth(progress)
        worker = .running(
            Attempt(
                started: attempt.started, heard: now, hasReported: true,
                firstFrame: FirstFrame(of: progress.sources, at: progress.now),
                hasSeveralSources: health.areSeveral))
        switch (state, health.condition) {
        case (.idle, _):
            return []
        case (.running, .running):
            if now - since >= Self.healthyAfter { schedule.reset() }
            return []
        case (_, .running):
            return enter(.running, at: now)
        case (.running, .stalled(let silence)), (.stalled, .stalled(let silence)), (.retrying, .stalled(let silence)):
            let patience = patience.patience(with: silence.node, at: now)
            if silence.overdue(withPatience: patience) >= (health.areSeveral ? Self.patienceWithSeveral : 0) {
                self.patience.gaveUp(silence, at: now)
                return end(.stopWorker, then: fail(.noFrames, silence.words, at: now))
            }
            return state == .stalled ? [] : enter(.stalled, .noFrames, silence.words, at: now)
        case (_, .retrying(let trouble)):
            let changed = enter(.retrying, trouble.reason, trouble.message, at: now)
            nextRetry = trouble.nextRetry
            return changed
        default:
            return []
        }
    }

    private mutating func tick(at now: Int64) -> [Action] {
        switch worker {
        case .none:
            if demand.isOver(at: now), state == .retrying { return enter(.idle, at: now) }
            guard let nextRetry, now >= nextRetry else { return [] }
            return startWorker(at: now)
        case .ending:
            return []
        case .running(var attempt):
            if demand.isOver(at: now) { return end(.stopWorker, then: enter(.idle, at: now)) }
            if let suspected = attempt.suspected {
                guard now >= suspected + Self.secondChance else { return [] }
                return attempt.hasReported
                    ? end(.killWorker, then: fail(.workerUnresponsive, "the worker has gone silent", at: now))
                    : end(.killWorker, then: fail(.workerStart, "the worker gave no sign of life", at: now))
            }
            if now >= silenceDeadline(of: attempt) {
                attempt.suspected = now
                worker = .running(attempt)
            }
            if isAwaitingFirstFrame(attempt), now >= firstFrameDeadline(of: attempt) {
                return end(.stopWorker, then: fail(.noFirstFrame, attempt.firstFrame.words, at: now))
            }
            return []
        }
    }

    /// The waits begin anew, and the one that is on ends: also that after an attempt which began too early by a moment.
    private mutating func hint(at now: Int64) -> [Action] {
        hinted = now
        guard state == .retrying, nextRetry != nil, reason.map({ $0.isCrash || $0.isRefusal }) == false else {
            return []
        }
        schedule.reset()
        // A plug that makes bad contact comes and goes many times a second.
        nextRetry = max(now, started == .min ? now : started + Self.hintedWait)
        return worker == .none ? tick(at: now) : []
    }

    /// Somebody looks, or nobody any more.
    private mutating func look(_ isWanted: Bool, at now: Int64) -> [Action] {
        demand.note(isWanted, at: now)
        guard isWanted, state == .idle else { return [] }
        switch worker {
        case .none:
            return startWorker(at: now)
        case .ending:
            // When it is gone the next one begins.
            return []
        case .running(var attempt):
            // It hears of the same, and begins.
            attempt.started = now
            worker = .running(attempt)
            return enter(.starting, at: now)
        }
    }

    private mutating func startWorker(at now: Int64) -> [Action] {
        // One that was left alone for a while has not failed.
        if attempts > 0, state != .idle { restarts += 1 }
        started = now
        attempts += 1
        worker = .running(Attempt(started: now, heard: now))
        _ = enter(.starting, at: now)
        // Told each time: viewers who stayed over a replacement know another state.
        return [.stateChanged, .startWorker]
    }

    private mutating func stop(at now: Int64) -> [Action] {
        // Said once more, it may be more urgent than it was: a worker that is on its way out hears of that.
        guard state != .stopping else { return worker == .ending ? [.stopWorker] : [] }
        let changed = enter(.stopping, .stopRequested, at: now)
        switch worker {
        case .none:
            isFinished = true
            return changed + [.finished]
        case .running:
            return end(.stopWorker, then: changed)
        case .ending:
            return [.stopWorker] + changed
        }
    }

    private mutating func workerExited(_ reason: FailureReason, _ message: String, at now: Int64) -> [Action] {
        let before = worker
        worker = .none
        switch before {
        case .none:
            return []
        case .running:
            return fail(reason, message, at: now)
        case .ending where state == .stopping:
            isFinished = true
            return [.finished]
        case .ending where state == .idle:
            return demand.isWanted ? startWorker(at: now) : []
        case .ending:
            return tick(at: now)
        }
    }

    /// The attempt has failed: wait and try again, unless trying again cannot help.
    private mutating func fail(_ reason: FailureReason, _ message: String, at now: Int64) -> [Action] {
        guard !reason.isFinal else { return enter(.failed, reason, message, at: now) }
        // Nobody looked: who comes finds out.
        if state == .idle { return [] }
        if hinted >= started, hinted != .min, !reason.isCrash, !reason.isRefusal { schedule.reset() }
        let delay = schedule.delay(after: reason, at: now, jitter: jitter())
        let changed = enter(.retrying, reason, message, at: now)
        nextRetry = now + delay
        return changed
    }

    private mutating func end(_ action: Action, then changed: [Action]) -> [Action] {
        worker = .ending
        return [action] + changed
    }

    private mutating func enter(
        _ state: InstanceState, _ reason: FailureReason? = nil, _ message: String? = nil, at now: Int64
    ) -> [Action] {
        nextRetry = nil
        let changed = (self.state, self.reason, self.message) != (state, reason, message)
        if self.state != state { since = now }
        self.state = state
        self.reason = reason
        self.message = message
        return changed ? [.stateChanged] : []
    }

    // MARK: Deadlines

    /// A worker that has given no sign of life is judged by that first.
    private func isAwaitingFirstFrame(_ attempt: Attempt) -> Bool { state == .starting && attempt.hasReported }

    private func firstFrameDeadline(of attempt: Attempt) -> Int64 {
        attempt.started + attempt.firstFrame.deadline + (attempt.hasSeveralSources ? Self.patienceWithSeveral : 0)
    }

    private func silenceDeadline(of attempt: Attempt) -> Int64 {
        attempt.hasReported ? attempt.heard + Self.silenceDeadline : attempt.started + Self.firstSignDeadline
    }
}
