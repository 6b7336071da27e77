import Logging
import NIOCore
import Plans
import WorkerLink

/// One instance: drives its lifecycle, one worker at a time, and tells viewers, log and snapshots what becomes of it.
actor Instance {
    /// What `create` waits for.
    enum CompileOutcome: Sendable {
        case compiled
        case invalid([Diagnostic])
        /// Not decided in time, or no longer in question.
        case undecided
    }

    /// What became of a change.
    enum StageOutcome: Sendable {
        case changed
        case refused([Diagnostic])
        /// Between two workers. Whether the plan takes these changes has to be found out elsewhere; then `keep` them.
        case nobodyToAsk([String: [String: ParameterValue]])
    }

    /// Threads of a worker: far more than a plan of many sources has, and an end to an element that makes them without end.
    private static let mostThreads = 1024

    nonisolated let id: String
    nonisolated let specification: InstanceSpecification
    nonisolated let taps: InstanceTaps
    private let isDeclared: Bool
    private var executable: WorkerExecutable
    private let eventLoop: any EventLoop
    /// Those who watch the server.
    private let stateEvents: StateEvents
    private let logger: Logger
    private let workerLog: WorkerLog
    /// Of this machine.
    private let devices: DeviceCatalog
    private let outcome: EventLoopPromise<CompileOutcome>
    private let events: AsyncStream<InstanceEvent>
    private let mailbox: AsyncStream<InstanceEvent>.Continuation
    private let created: Int64
    private var journal: InstanceJournal
    /// Called once its film has ended.
    private let completed: @Sendable () -> Void
    /// It does nothing before it is told to `begin`.
    private let waits: Bool

    private(set) var lifecycle: InstanceLifecycle
    /// The newest of the current worker.
    private var progress: Progress?
    /// As a worker told of them last; they are the same for the next.
    private var sources: [SourceProgress] = []
    /// Arrival of the newest frame of any worker: CLOCK_MONOTONIC, nanoseconds.
    private var lastFrame: Int64?
    /// What workers have learnt of the sources.
    private var experience = SourceExperience()
    private let tapSources: TapSources
    private var stages: InstanceStages
    /// What was set on its cameras since the plan was written, by source, and how often.
    private var controls: [String: [String: Int64]]
    private var controlsRevision: UInt64 = 0
    private var control: WorkerControl?
    /// Of the current worker, once it has said hello.
    private(set) var workerPID: Int32?
    private var timer: (deadline: Int64, scheduled: Scheduled<Void>)?
    /// Viewers stay, because another instance follows under the same id.
    private(set) var keepsTaps = false
    /// The current worker writes files that a stop has to finish.
    private var finishesFiles = false
    /// The server is ending, and waits for nobody's files longer than for the rest.
    private var isHurried = false

    init(
        id: String, specification: InstanceSpecification, taps: InstanceTaps, executable: WorkerExecutable,
        eventLoop: any EventLoop, stateEvents: StateEvents, devices: DeviceCatalog, log: EventLog,
        isDeclared: Bool = false, history: InstanceHistory = InstanceHistory(),
        completed: @escaping @Sendable () -> Void = {}, logger: Logger
    ) {
        var logger = logger
        logger[metadataKey: "instance"] = "\(id)"
        self.id = id
        self.specification = specification
        self.taps = taps
        self.isDeclared = isDeclared
        self.executable = executable
        self.eventLoop = eventLoop
        self.stateEvents = stateEvents
        self.devices = devices
        self.logger = logger
        self.workerLog = WorkerLog(logger: logger, redaction: specification.redaction)
        self.tapSources = TapSources(specification.graph)
        self.outcome = eventLoop.makePromise(of: CompileOutcome.self)
        (self.events, self.mailbox) = AsyncStream.makeStream()
        self.created = history.created
        self.stages = InstanceStages(changes: history.options)
        self.controls = history.controls
        self.waits = history.waits
        self.journal = InstanceJournal(id, logger: logger, events: log, rest: history.rest)
        self.completed = completed
        lifecycle =
            history.rest.map { InstanceLifecycle(resting: $0) }
            ?? InstanceLifecycle(at: MonotonicClock.now(), isOnDemand: specification.isOnDemand)
    }

    /// Lives until the instance is stopped and its last worker is gone.
    func run() async {
        await withDiscardingTaskGroup { group in
            func start(_ workers: [Worker]) {
                for worker in workers {
                    group.addTask { [mailbox] in _ = mailbox.yield(.exited(await worker.run())) }
                }
            }
            if lifecycle.state != .starting {
                tellState()
            } else if !waits {
                start(handle(.start))
            }
            if specification.isOnDemand {
                taps.hearDemand { [mailbox] in _ = mailbox.yield(.demandChanged) }
                start(handle(.demand(taps.isWanted)))
            }
            for await event in events {
                start(handle(lifecycleEvent(event)))
                if case .reported = event { tellTaps() }
            }
        }
        timer?.scheduled.cancel()
        taps.hearDemand(nil)
        outcome.succeed(.undecided)
        // Viewers who were told the end are gone already.
        keepsTaps = keepsTaps && !taps.hasEnded
        if !keepsTaps {
            taps.end(.stopRequested)
            taps.unregister()
        }
    }

    /// Starts one that waits for that.
    ///
    /// - Parameter executable: what is known of the server by now is in it.
    nonisolated func begin(_ executable: WorkerExecutable) { mailbox.yield(.begin(executable)) }

    /// A camera that it takes was plugged in.
    nonisolated func hint() { mailbox.yield(.hint) }

    /// What it has to do with cameras at this machine.
    var deviceUse: DeviceUse {
        let holds = lifecycle.hasWorker && (lifecycle.state == .running || lifecycle.state == .stalled)
        return DeviceUse(
            instance: id, addresses: specification.devices.values.sorted(), pid: workerPID, holds: holds)
    }

    /// Begins to stop; `run` returns when the worker is gone.
    ///
    /// - Parameters:
    ///   - keepingTaps: viewers stay, because another instance follows under the same id.
    ///   - hurried: the server is ending.
    func stop(keepingTaps: Bool = false, hurried: Bool = false) {
        isHurried = isHurried || hurried
        if lifecycle.state != .stopping { keepsTaps = keepingTaps }
        _ = handle(.stop)
    }

    /// Waits until the worker has said whether it can build the plan.
    func compileOutcome(within deadline: TimeAmount) async -> CompileOutcome {
        let timer = eventLoop.scheduleTask(in: deadline) { [outcome] in outcome.succeed(.undecided) }
        defer { timer.cancel() }
        return (try? await outcome.futureResult.get()) ?? .undecided
    }

    var snapshot: InstanceSnapshot {
        InstanceSnapshot(
            id: id, specification: specification, isDeclared: isDeclared, created: created, lifecycle: lifecycle,
            taps: taps.ids,
            stages: stages.compiled, progress: progress, sources: sources, lastFrame: lastFrame,
            now: MonotonicClock.now())
    }

    /// What `/metrics` says besides the snapshot.
    var workerNumbers: WorkerNumbers {
        WorkerNumbers(
            process: workerPID.flatMap { ProcessNumbers(pid: $0) },
            stageTimes: progress?.stages.map { ($0.name, $0.times) } ?? [])
    }

    // MARK: Events

    /// - Returns: the workers to run, none or one.
    private func handle(_ event: InstanceLifecycle.Event?) -> [Worker] {
        guard let event else { return [] }
        var workers: [Worker] = []
        for action in lifecycle.handle(event, at: MonotonicClock.now()) {
            switch action {
            case .startWorker: workers.append(makeWorker())
            case .stopWorker: control?.stop(finishingFiles: finishesFiles && !isHurried)
            case .killWorker: control?.kill()
            case .stateChanged: tellState()
            case .finished: mailbox.finish()
            }
        }
        journal.look()
        scheduleTick()
        return workers
    }

    private func lifecycleEvent(_ event: InstanceEvent) -> InstanceLifecycle.Event? {
        switch event {
        case .begin(let executable):
            self.executable = executable
            return .start
        case .hint:
            // Its own sources it tries again by itself, where it has several.
            if lifecycle.hasWorker { control?.send(.hint) }
            return .hint
        case .held(let words):
            return .explained(.deviceBusy, words)
        case .demandChanged:
            return .demand(taps.isWanted)
        case .tick:
            timer = nil
            return .tick
        case .exited(let exit):
            control = nil
            workerPID = nil
            stages.workerGone()
            let reason = exit.reason(dataBytes: progress?.dataBytes ?? 0, memoryLimit: memoryLimit)
            let message = specification.redaction.apply(to: exit.message)
            return .exited(reason, reason == .resourceLimit ? "\(message) (\(limitWords))" : message)
        case .violated(let error):
            return .violation(specification.redaction.apply(to: "the worker broke the rules of its link: \(error)"))
        case .said(let message):
            return lifecycleEvent(message.redacted(by: specification.redaction))
        case .reported(let progress):
            return lifecycleEvent(progress.redacted(by: specification.redaction))
        }
    }

    private func lifecycleEvent(_ message: WorkerMessage) -> InstanceLifecycle.Event? {
        switch message {
        case .hello(_, let pid):
            workerPID = pid
            return nil
        case .compiled(let plan):
            finishesFiles = plan.finishesFiles
            for (stage, options) in stages.adopt(plan.stages) {
                control?.send(.change(stages.ask(stage, options, on: eventLoop).message))
            }
            for warning in plan.warnings {
                logger.warning("\(specification.plan):\(warning.line):\(warning.column): \(warning.message)")
            }
            outcome.succeed(.compiled)
            return .compiled
        case .invalid(let diagnostics):
            outcome.succeed(.invalid(diagnostics))
            return .refused(for: diagnostics)
        case .stage(let answer):
            stages.receive(answer)
            stateEvents.touch(id)
            return nil
        case .ended(let reason, let message):
            stages.workerGone()
            // Where an element has noticed by itself that there is no memory, it is the camera's error to GStreamer.
            let isStarved =
                (reason == .cameraError || reason == .unsupportedFormat) && WorkerExit.tellsOfStarvation(message)
            if reason == .deviceBusy { askWhoHolds() }
            return isStarved ? .ended(.resourceLimit, "\(message) (\(limitWords))") : .ended(reason, message)
        }
    }

    /// The worker may not look at other processes.
    private func askWhoHolds() {
        let addresses = specification.devices.sorted { $0.key < $1.key }.map(\.value)
        Task { [devices, id, mailbox] in
            if let words = await devices.holders(of: addresses, besides: id) { mailbox.yield(.held(words)) }
        }
    }

    private func lifecycleEvent(_ progress: Progress) -> InstanceLifecycle.Event {
        journal.branches(progress.branches, since: self.progress)
        stateEvents.touch(id, isUrgent: self.progress?.hasSameStates(as: progress) == false)
        self.progress = progress
        experience.merge(progress.experience)
        if !progress.sources.isEmpty { sources = progress.sources }
        lastFrame = progress.sources.compactMap(\.lastFrame).max() ?? lastFrame
        if progress.threads > Self.mostThreads {
            return .exceeded("the worker has \(progress.threads) threads; \(Self.mostThreads) are allowed")
        }
        return .progress(progress)
    }

    private var memoryLimit: Int { executable.memoryLimit ?? specification.memoryLimit }

    private var limitWords: String { "it may take \(memoryLimit >> 20) MiB; --worker-memory gives more" }

    /// `nextDeadline` moves with every progress; the timer follows when it fires, not each time.
    private func scheduleTick() {
        guard let deadline = lifecycle.nextDeadline, !lifecycle.isFinished else { return }
        if let timer {
            if timer.deadline <= deadline { return }
            timer.scheduled.cancel()
        }
        let wait = max(0, deadline - MonotonicClock.now())
        timer = (
            deadline, eventLoop.scheduleTask(in: .nanoseconds(wait)) { [mailbox] in _ = mailbox.yield(.tick) }
        )
    }

    /// Viewers of a tap that a dead source feeds see nothing, while the instance runs.
    private func tellTaps() {
        let runs = lifecycle.state == .running && progress.map { SourceHealth($0).areSeveral } == true
        taps.instanceChanged(to: lifecycle.state, reason: lifecycle.reason, message: lifecycle.message) { tap in
            runs ? progress.flatMap { tapSources.change(of: tap, in: $0) } : nil
        }
    }

    private func tellState() {
        stateEvents.touch(id, isUrgent: true)
        let change = InstanceStateChange(
            state: lifecycle.state, reason: lifecycle.reason, message: lifecycle.message)
        tellTaps()
        if change.state != .starting { outcome.succeed(.undecided) }
        if journal.changed(to: change), change.state == .completed { completed() }
        if let reason = change.reason, change.state == .completed || change.state == .failed { taps.end(reason) }
    }

    // MARK: The worker

    private func makeWorker() -> Worker {
        progress = nil
        finishesFiles = false
        taps.attemptStarted()
        let control = WorkerControl(eventLoop: eventLoop)
        self.control = control
        return Worker(
            executable: executable, memoryLimit: specification.memoryLimit,
            request: specification.request(
                instance: id, stageOptions: stages.changes, goesOn: lifecycle.restarts > 0, experience: experience,
                controls: controls),
            listener: InstanceLinkListener(
                taps: taps, expected: Set(specification.taps.map(\.id)), mailbox: mailbox), log: workerLog,
            control: control,
            eventLoop: eventLoop)
    }

    // MARK: Cameras

    /// What is set on its cameras, for every attempt to come.
    ///
    /// - Parameter revision: of several at a time the greatest counts.
    func keep(controls: [String: [String: Int64]], revision: UInt64) {
        guard revision > controlsRevision else { return }
        (self.controls, controlsRevision) = (controls, revision)
        control?.send(.controls(controls))
        stateEvents.touch(id)
    }

    // MARK: Stages

    /// Gives a stage other options, now and for every worker to come.
    ///
    /// - Parameter options: nil: what the plan says, again.
    /// - Throws: `ServiceError` `stage_unknown`, `instance_not_running`, `too_large`, `too_many_changes`, `stage_late`.
    func change(
        _ stage: String, _ options: [String: ParameterValue?]
    ) async throws(ServiceError) -> StageOutcome {
        // A first worker that is slow to compile is waited for, as for `create`.
        if stages.compiled.isEmpty { _ = await compileOutcome(within: InstanceManager.compileDeadline) }
        guard lifecycle.state.isAlive, !stages.compiled.isEmpty || stages.isListening else {
            throw .instanceNotRunning(id, lifecycle.state)
        }
        let changes = try stages.admit(options, of: stage, instance: id, at: MonotonicClock.now())
        // What a worker is started with has to fit a message.
        let request = specification.request(instance: id, stageOptions: changes)
        guard (try? ControlCodec.encode(ServerMessage.run(request))) != nil else { throw .tooLargeForWorker }
        guard stages.isListening, let control else { return .nobodyToAsk(changes) }
        let question = stages.ask(stage, options, on: eventLoop)
        control.send(.change(question.message))
        switch await question.reply() {
        case .answered(.changed): return .changed
        case .answered(.refused(let diagnostics)): return .refused(diagnostics)
        case .answered(.unknown): throw .unknownStage(stage, instance: id)
        case .workerGone: return .nobodyToAsk(stages.changes(with: options, of: stage))
        case .late: throw .stageLate(stage)
        }
    }

    /// What was changed at its stages, and how often that was.
    var stageChanges: (options: [String: [String: ParameterValue]], revision: Int) {
        (stages.changes, stages.revision)
    }

    /// Keeps changes that the plan takes for the worker to come.
    ///
    /// - Returns: false when there is a worker that listens by now: then it has to be asked.
    func keep(_ changes: [String: ParameterValue], of stage: String) -> Bool {
        guard !stages.isListening else { return false }
        stages.keep(changes, of: stage)
        stateEvents.touch(id)
        return true
    }
}

extension Progress {
    /// Whether sources and branches are as they were, numbers aside.
    fileprivate func hasSameStates(as later: Progress) -> Bool {
        sources.map(\.trouble?.reason) == later.sources.map(\.trouble?.reason)
            && branches.map(\.state) == later.branches.map(\.state)
    }
}
