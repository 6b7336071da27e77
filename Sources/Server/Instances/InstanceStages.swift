import NIOCore
import Plans
import WorkerLink

/// The stages of one instance: how they work, what was changed since the plan was written, and who waits to hear
/// what became of a change. Outlives workers, so that a fresh one starts with what was changed.
struct InstanceStages {
    /// What whoever asked for a change waits for.
    enum Reply: Sendable {
        case answered(StageAnswer.Outcome)
        /// The worker is gone, and took the question along.
        case workerGone
        /// Not in time; the change may still be made.
        case late
    }

    /// A change that a worker is asked for.
    struct Question: Sendable {
        let message: StageChange
        fileprivate let promise: EventLoopPromise<Reply>

        /// How long a worker may take to make a stage anew: large tables of tag families take seconds.
        private static let deadline: TimeAmount = .seconds(10)

        /// Waits for what becomes of it.
        func reply() async -> Reply {
            let timer = promise.futureResult.eventLoop.scheduleTask(in: Self.deadline) { [promise] in
                promise.succeed(.late)
            }
            defer { timer.cancel() }
            return (try? await promise.futureResult.get()) ?? .workerGone
        }
    }

    /// Changes in a second: a person with a slider stays below, and a worker's answers within what a link may carry.
    static let changesPerSecond = 50

    /// Changes that a worker has yet to answer: a stage that takes seconds to make anew is not asked for without end.
    static let pendingChanges = 8

    /// In the order of the plan; empty before a worker has compiled it for the first time.
    private(set) var compiled: [CompiledStage] = []
    /// The current worker has compiled the plan, and listens.
    private(set) var isListening = false
    private var waiting: [UInt64: EventLoopPromise<Reply>] = [:]
    private var number: UInt64 = 0
    private var recent = (second: Int64(0), count: 0)
    /// Changes from before the first worker.
    private let inherited: [String: [String: ParameterValue]]
    /// Of `changes`: the later one is the greater one.
    private(set) var revision = 0

    /// - Parameter changes: from before; every worker is told of them.
    init(changes: [String: [String: ParameterValue]] = [:]) {
        inherited = changes
    }

    /// What a worker is told beside the plan.
    var changes: [String: [String: ParameterValue]] {
        guard !compiled.isEmpty else { return inherited }
        return Dictionary(compiled.filter { !$0.changes.isEmpty }.map { ($0.id, $0.changes) }, uniquingKeysWith: { $1 })
    }

    /// `changes` with these options of a stage changed as well; nil takes one back.
    func changes(with options: [String: ParameterValue?], of stage: String) -> [String: [String: ParameterValue]] {
        var changes = changes
        for (name, value) in options { changes[stage, default: [:]][name] = value }
        return changes
    }

    /// A worker has compiled the plan.
    ///
    /// - Returns: what was kept since the worker was told of changes, for `ask`.
    mutating func adopt(_ stages: [CompiledStage]) -> [(stage: String, options: [String: ParameterValue?])] {
        let kept = changes
        compiled = stages
        revision += 1
        isListening = true
        return stages.compactMap { stage in
            var missing: [String: ParameterValue?] = [:]
            let wanted = kept[stage.id] ?? [:]
            for (name, value) in wanted where stage.changes[name] != value { missing[name] = value }
            for name in stage.changes.keys where wanted[name] == nil { missing[name] = .some(nil) }
            return missing.isEmpty ? nil : (stage.id, missing)
        }
    }

    /// Keeps changes for the worker to come; the plan takes them.
    mutating func keep(_ changes: [String: ParameterValue], of stage: String) {
        guard let index = compiled.firstIndex(where: { $0.id == stage }) else { return }
        compiled[index].changes = changes
        revision += 1
        for (name, value) in changes { compiled[index].options[name] = value }
    }

    /// Counts a change that somebody wants.
    ///
    /// - Parameter now: CLOCK_MONOTONIC, nanoseconds.
    /// - Returns: all changes, with this one.
    /// - Throws: `stage_unknown`, `too_many_changes`.
    mutating func admit(
        _ options: [String: ParameterValue?], of stage: String, instance: String, at now: Int64
    ) throws(ServiceError) -> [String: [String: ParameterValue]] {
        guard compiled.contains(where: { $0.id == stage }) else { throw .unknownStage(stage, instance: instance) }
        guard allowsChange(at: now) else { throw .tooManyChanges }
        return changes(with: options, of: stage)
    }

    private mutating func allowsChange(at now: Int64) -> Bool {
        if now / 1_000_000_000 != recent.second { recent = (now / 1_000_000_000, 0) }
        recent.count += 1
        return recent.count <= Self.changesPerSecond && waiting.count < Self.pendingChanges
    }

    /// Expects a reply to the message that asks for a change.
    mutating func ask(
        _ stage: String, _ options: [String: ParameterValue?], on eventLoop: any EventLoop
    ) -> Question {
        number += 1
        let promise = eventLoop.makePromise(of: Reply.self)
        waiting[number] = promise
        return Question(message: StageChange(number: number, stage: stage, options: options), promise: promise)
    }

    /// An answer that nobody waits for any more still says how a stage works.
    mutating func receive(_ answer: StageAnswer) {
        guard let promise = waiting.removeValue(forKey: answer.number) else { return }
        if case .changed(let stage) = answer.outcome, let index = compiled.firstIndex(where: { $0.id == stage.id }) {
            compiled[index] = stage
            revision += 1
        }
        promise.succeed(.answered(answer.outcome))
    }

    mutating func workerGone() {
        isListening = false
        for promise in waiting.values { promise.succeed(.workerGone) }
        waiting = [:]
    }
}
