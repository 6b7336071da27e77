import NIOCore
import Plans
import WorkerLink

extension Instance {
    /// What became of a change.
    enum StageOutcome: Sendable {
        case changed
        case refused([Diagnostic])
        /// Between two workers. Whether the plan takes these changes has to be found out elsewhere; then `keep` them.
        case nobodyToAsk([String: [String: ParameterValue]])
    }

    /// How long a worker may take to make a stage anew: large tables of tag families take seconds.
    static let changeDeadline: TimeAmount = .seconds(10)

    /// Gives a stage other options, now and for every worker to come.
    ///
    /// - Parameter options: nil: what the plan says, again.
    /// - Throws: `ServiceError` 404, 409 where nothing runs or will, 413, 429, 503.
    func change(
        _ stage: String, _ options: [String: ParameterValue?]
    ) async throws(ServiceError) -> StageOutcome {
        // A first worker that is slow to compile is waited for, as for `create`.
        if stages.compiled.isEmpty { _ = await compileOutcome(within: InstanceManager.compileDeadline) }
        guard lifecycle.state.isAlive, !stages.compiled.isEmpty || stages.isListening else {
            throw .instanceNotRunning(id, lifecycle.state)
        }
        guard stages.compiled.contains(where: { $0.id == stage }) else { throw .unknownStage(stage, instance: id) }
        guard stages.allowsChange(at: MonotonicClock.now()) else { throw .tooManyChanges }
        let changes = stages.changes(with: options, of: stage)
        // What a worker is started with has to fit a message.
        guard (try? ServerMessage.run(request(with: changes)).onTheWire()) != nil else { throw .tooLarge }
        guard stages.isListening, let control else { return .nobodyToAsk(changes) }
        let (change, promise) = stages.ask(stage, options, on: eventLoop)
        control.send(.change(change))
        let timer = eventLoop.scheduleTask(in: Self.changeDeadline) { promise.succeed(.late) }
        defer { timer.cancel() }
        switch (try? await promise.futureResult.get()) ?? .workerGone {
        case .answered(.changed): return .changed
        case .answered(.refused(let diagnostics)): return .refused(diagnostics)
        case .answered(.unknown): throw .unknownStage(stage, instance: id)
        case .workerGone: return .nobodyToAsk(stages.changes(with: options, of: stage))
        case .late: throw .stageLate(stage)
        }
    }

    /// Keeps changes that the plan takes for the worker to come.
    ///
    /// - Returns: false when there is a worker that listens by now: then it has to be asked.
    func keep(_ changes: [String: ParameterValue], of stage: String) -> Bool {
        guard !stages.isListening else { return false }
        stages.keep(changes, of: stage)
        return true
    }
}

extension InstanceState {
    /// It works, or will again without anybody's doing.
    fileprivate var isAlive: Bool {
        switch self {
        case .starting, .running, .stalled, .retrying: true
        case .completed, .failed, .stopping: false
        }
    }
}

extension ServiceError {
    static func unknownStage(_ stage: String, instance: String) -> Self {
        Self(
            status: 404, code: "stage_unknown",
            message: "no stage of instance '\(instance)' is named '\(stage.prefix(80))'")
    }
    static func instanceNotRunning(_ id: String, _ state: InstanceState) -> Self {
        Self(
            status: 409, code: "instance_not_running",
            message: "instance '\(id)' is \(state.rawValue); the stages of one that runs can be changed")
    }
    static func invalidOptions(_ diagnostics: [Diagnostic]) -> Self {
        let errors = diagnostics.filter { $0.severity == .error }
        return Self(
            status: 422, code: "options_invalid", message: errors.first?.message ?? "the options are wrong",
            details: errors)
    }
    static func optionNotAllowed(_ option: String) -> Self {
        Self(
            status: 422, code: "options_invalid",
            message: "'\(option.prefix(80))' names something outside of the plan, and only the plan's file can say that"
        )
    }
    static var tooManyChanges: Self {
        Self(
            status: 429, code: "too_many_changes",
            message: "an instance takes \(InstanceStages.changesPerSecond) changes a second, "
                + "and \(InstanceStages.pendingChanges) that its worker has not made yet")
    }
    static func stageLate(_ stage: String) -> Self {
        Self(
            status: 503, code: "stage_late",
            message: "stage '\(stage)' is still being made anew; it may change later")
    }
}
