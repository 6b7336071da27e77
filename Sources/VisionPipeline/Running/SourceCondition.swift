internal import WorkerLink

/// The life of one of several sources as a pure state machine: what happened goes in with its time, what is to be done comes out.
///
/// One attempt follows another in the same worker, with the waits of a whole instance. A pipeline that does not end is left
/// behind, and the next takes its place, up to a number: GStreamer may hang for a minute over a camera that has frozen.
struct SourceCondition: Sendable {
    enum Event {
        /// How the attempt goes; asked for every quarter of a second.
        case report([SourceProgress])
        /// It has failed, or live pictures have ended.
        case failed(FailureReason, String)
        /// A film has been played to its end.
        case completed
        /// What it waits for may be there.
        case hint
        /// A pipeline is gone that was to be stopped.
        case stopped(Attempt)
    }

    enum Action: Hashable {
        /// The pipeline is to end, by whatever may take long.
        case stop
        /// Nobody waits any longer for the pipeline to end.
        case leave
        /// The next attempt is to begin.
        case build
        /// Frames come after a failure.
        case tellRecovery
    }

    /// The number of an attempt.
    typealias Attempt = Int

    private enum Phase {
        /// Since the moment, CLOCK_MONOTONIC nanoseconds as everywhere here.
        case starting(Int64)
        case running(Int64)
        case stopping(Int64, next: Int64)
        case waiting(Int64)
        case completed
    }

    /// Nanoseconds that a pipeline may take to end.
    private static let endingPatience: Int64 = 10_000_000_000
    /// So many pipelines may be left behind that have not ended.
    private static let leftLimit = 2
    /// After this long they are not expected to.
    private static let hopeless: Int64 = 300_000_000_000
    /// Frames have to come for so long before the next failure counts as a first one.
    private static let healthyAfter: Int64 = 30_000_000_000

    /// One without outlets shows by nothing that it runs but by going on for so long.
    private static let trial: Int64 = 2_000_000_000

    private var phase: Phase
    private(set) var attempt: Attempt = 0
    /// Those that have not ended in time, and since when.
    private(set) var left: [Attempt: Int64] = [:]
    /// Kept while it is tried again, until frames come.
    private var failure: (reason: FailureReason, message: String)?
    private var schedule = RetrySchedule()
    private var patience = SilencePatience()
    private let jitter: @Sendable () -> Double

    init(at now: Int64, jitter: @escaping @Sendable () -> Double = { .random(in: 0.8...1.2) }) {
        phase = .starting(now)
        self.jitter = jitter
    }

    /// Its clock begins when it is played, however long all the others took.
    mutating func play(at now: Int64) {
        if case .starting = phase { phase = .starting(now) }
    }

    /// It has given frames, and nothing else has happened yet.
    var isRunning: Bool { if case .running = phase { true } else { false } }
    var isCompleted: Bool { if case .completed = phase { true } else { false } }
    /// An attempt is there, whether frames come or not.
    var isUp: Bool {
        switch phase {
        case .starting, .running: true
        case .stopping, .waiting, .completed: false
        }
    }

    /// Why nothing comes; nil while it runs or starts for the first time.
    var trouble: SourceTrouble? {
        guard let failure else { return nil }
        let next: Int64? =
            switch phase {
            case .waiting(let next): next
            case .starting, .running, .stopping, .completed: nil
            }
        return SourceTrouble(failure.reason, failure.message, nextRetry: next)
    }

    /// More pipelines hang than may, and are not expected to end: only another process helps.
    func isStuck(at now: Int64) -> Bool {
        left.count >= Self.leftLimit && left.values.allSatisfy { now - $0 > Self.hopeless }
    }

    mutating func handle(_ event: Event, at now: Int64) -> [Action] {
        switch event {
        case .report(let outlets): return judge(outlets, at: now)
        case .failed(let reason, let message): return fail(reason, message, at: now)
        case .completed:
            guard isUp else { return [] }
            phase = .completed
            failure = nil
            return []
        case .hint:
            guard failure.map({ !$0.reason.isCrash && !$0.reason.isRefusal }) == true else { return [] }
            schedule.reset()
            switch phase {
            case .waiting: phase = .waiting(now)
            case .stopping(let since, _): phase = .stopping(since, next: now)
            case .starting, .running, .completed: break
            }
            return []
        case .stopped(let attempt):
            left[attempt] = nil
            if attempt == self.attempt, case .stopping(_, let next) = phase { phase = .waiting(next) }
            return []
        }
    }

    private mutating func judge(_ outlets: [SourceProgress], at now: Int64) -> [Action] {
        switch phase {
        case .starting(let since):
            let isTrial = outlets.isEmpty && now - since < Self.trial
            guard !isTrial, outlets.allSatisfy({ $0.frames > 0 }) else {
                return awaitFirstFrame(outlets, since, at: now)
            }
            phase = .running(now)
            return failure.take() == nil ? [] : [.tellRecovery]
        case .running(let since):
            let silences = outlets.compactMap { SourceSilence(of: $0, at: now) }
            if let silence = silences.max(by: { $0.age < $1.age }),
                silence.overdue(withPatience: patience.patience(with: silence.node, at: now)) >= 0
            {
                patience.gaveUp(silence, at: now)
                return fail(.noFrames, silence.words, at: now)
            }
            if silences.isEmpty, now - since >= Self.healthyAfter { schedule.reset() }
            return []
        case .stopping(let since, let next):
            guard now - since > Self.endingPatience else { return [] }
            left[attempt] = since
            phase = .waiting(next)
            return [.leave]
        case .waiting(let next):
            guard now >= next, left.count < Self.leftLimit else { return [] }
            phase = .starting(now)
            attempt += 1
            return [.build]
        case .completed:
            return []
        }
    }

    private mutating func awaitFirstFrame(_ outlets: [SourceProgress], _ since: Int64, at now: Int64) -> [Action] {
        let firstFrame = FirstFrame(of: outlets, at: now)
        guard now - since >= firstFrame.deadline else { return [] }
        return fail(.noFirstFrame, firstFrame.words, at: now)
    }

    private mutating func fail(_ reason: FailureReason, _ message: String, at now: Int64) -> [Action] {
        guard isUp else { return [] }
        failure = (reason, message)
        phase = .stopping(now, next: now &+ schedule.delay(after: reason, at: now, jitter: jitter()))
        return [.stop]
    }
}
