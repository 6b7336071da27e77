internal import Dispatch
internal import Foundation
internal import Glibc
internal import Plans
internal import Synchronization
internal import WorkerLink

/// One worker's life on its link: hello, one plan, one ending.
final class WorkerSession: Sendable {
    private let link: LinkDescriptor
    private let stages: StageCatalog
    private let limits: WorkerLimits
    private let outbox = LinkOutbox()
    private let state = Mutex(State())
    /// Signalled with a reason to end.
    private let wake = DispatchSemaphore(value: 0)
    /// Where stages are made anew: that may take a while, and the link is read meanwhile.
    private let changing = DispatchQueue(label: "streamtap.changing", qos: .userInitiated)

    private struct State {
        var request: RunRequest?
        var runner: PipelineRunner?
        var demand: Demand?
        /// Those that came before there was a runner.
        var changes: [StageChange] = []
        /// Those that came since the request.
        var controls: [String: [String: Int64]]?
        /// The plan is built, and nobody has looked yet.
        var isHeld = false
        var ending: PlanEnding?
        /// How long files may take to be finished, seconds; nil while nobody wants the worker to stop.
        var stop: Double?
    }

    init(_ link: LinkDescriptor, stages: StageCatalog, limits: WorkerLimits) {
        self.link = link
        self.stages = stages
        self.limits = limits
    }

    /// Returns the exit status.
    func run() -> Int32 {
        // This thread alone, until the sandbox is closed: those that are made before it would be outside.
        let hello = encoded(.hello(version: Link.version, pid: getpid())) ?? []
        guard hello.withUnsafeBytes({ link.write([$0]) }) else { return 0 }
        // While the request is on its way. It may run a program that looks at plugins.
        _ = try? GStreamer.initialize()
        let request = awaitRequest()
        if limits.isSandboxed { enterSandbox(request) }
        LinkWriter.start(link, outbox)
        LinkReader.start(link) { self.receive($0) }
        // The supervisor's second word: quick.
        TerminationSignal.onArrival { self.stop(within: 0.3) }

        guard let request else { return end(PlanEnding(.stopRequested, "stopped")) }
        guard request.version == Link.version else {
            return end(
                PlanEnding(.workerProtocol, "the server speaks version \(request.version), this worker \(Link.version)")
            )
        }
        var redaction = Redaction(planText: request.planText)
        do {
            var plan = try Plan(
                parsing: request.planText, limits: request.isUntrusted ? .untrusted : .trusted)
            redaction = plan.redaction(values: request.parameters)
            plan = try plan.binding(request.parameters)
            if request.isUntrusted {
                // The server has asked already; whoever it forgot to ask for is asked for here.
                let refused = plan.policyViolations(
                    stages: stages.names, addresses: request.cameras?.policy ?? AddressPolicy())
                if !refused.isEmpty { throw PlanError(refused) }
            }
            plan = plan.reachingCameras
            if let cameras = request.cameras {
                do throws(CameraAddresses.Problem) {
                    plan.graph = try CameraAddresses(rule: cameras).resolve(plan.graph)
                } catch {
                    switch error {
                    case .refused(let diagnostics): throw PlanError(diagnostics)
                    case .unknownHost(let words): return end(PlanEnding(.unreachable, redaction.apply(to: words)))
                    }
                }
            }
            let runner = try start(plan, request)
            let progress = ProgressReports(runner) { self.send($0) }
            let ending = awaitEnding()
            progress.finish()
            return end(PlanEnding(ending.reason, redaction.apply(to: ending.message)))
        } catch {
            let diagnostics = (error as? PlanError)?.diagnostics ?? []
            send(invalid: redaction.apply(to: diagnostics))
            return end(PlanEnding(.planInvalid, "the plan cannot run as it stands"))
        }
    }

    private func start(_ plan: Plan, _ request: RunRequest) throws(PlanError) -> PipelineRunner {
        let runner = try PipelineRunner(
            plan: plan, stages: stages, stageOptions: request.stageOptions,
            allowedElements: request.isUntrusted ? TextPolicy.elementsInPipeline : nil, goesOn: request.goesOn,
            rules: rules(for: request),
            deliver: { [outbox] in outbox.send($0) },
            deliverUnit: { [outbox] unit, tap, number in outbox.send(unit, tap: tap, number: number) },
            ended: { ending in
                self.state.withLock { $0.ending = ending }
                self.wake.signal()
            })
        var compiled = runner.compiled
        compiled.warnings = plan.warnings + plan.lint(stages: stages.names) + compiled.warnings
        try send(compiled, of: runner)
        let (demand, stop, isHeld) = state.withLock {
            $0.runner = runner
            $0.isHeld = request.waitsForDemand && $0.demand?.isEmpty != false
            // Queued before any that comes from now on.
            for change in $0.changes { self.change(change, of: runner) }
            $0.changes = []
            return ($0.demand, $0.stop, $0.isHeld)
        }
        if let demand { runner.demand(demand) }
        if !isHeld { runner.start() }
        if let stop { runner.stop(within: stop) }
        return runner
    }

    /// What sources are held to: also where a camera redirects to, in a plan with cameras from the network.
    private func rules(for request: RunRequest) -> SourceRules {
        var rules = SourceRules(experience: request.experience)
        rules.controls = { [weak self] source in
            (self?.state.withLock { $0.controls } ?? request.controls)[source] ?? [:]
        }
        rules.addresses = { ((try? CameraAddresses.systemLookUp($0)) ?? []).map(\.description) }
        if let cameras = request.cameras { rules.redirect = CameraAddresses(rule: cameras).redirect }
        return rules
    }

    /// Nobody could be told how it goes, of a plan that the link is too small for.
    private func send(_ compiled: CompiledPlan, of runner: PipelineRunner) throws(PlanError) {
        let report = WorkerLink.Progress(
            now: MonotonicClock.now(), sources: runner.sources, taps: runner.tapProgress, stages: runner.stages,
            branches: runner.branches)
        // Its numbers grow.
        let isReportable = (try? report.message.count).map {
            $0 < Link.controlLimit / 4
        }
        var shorter = compiled
        shorter.warnings = []
        for form in [compiled, shorter] {
            guard isReportable == true, let message = try? ControlCodec.encode(WorkerMessage.compiled(form)) else {
                continue
            }
            return outbox.send(message)
        }
        throw PlanError([
            Diagnostic(
                .error, .limitExceeded, at: SourceRange(line: 1, column: 1, length: 1),
                "the plan has more stages, taps and sources than a worker can tell of")
        ])
    }

    /// As many of them as the link takes.
    private func send(invalid diagnostics: [Diagnostic]) {
        var told = diagnostics
        while told.count > 1, (try? ControlCodec.encode(WorkerMessage.invalid(told))) == nil {
            told = Array(told.prefix(told.count / 2))
        }
        send(.invalid(told))
    }

    // MARK: What the server says

    private func receive(_ message: ServerMessage) {
        switch message {
        case .run(let request):
            state.withLock { if $0.request == nil { $0.request = request } }
        case .demand(let demand):
            let (runner, begins) = state.withLock { state -> (PipelineRunner?, Bool) in
                if let known = state.demand, known.generation > demand.generation { return (nil, false) }
                state.demand = demand
                let begins = state.isHeld && !demand.isEmpty
                if begins { state.isHeld = false }
                return (state.runner, begins)
            }
            runner?.demand(demand)
            if begins { runner?.start() }
        case .change(let change):
            state.withLock { state in
                if let runner = state.runner {
                    self.change(change, of: runner)
                } else {
                    state.changes.append(change)
                }
            }
        case .controls(let controls):
            state.withLock { $0.controls = controls }
        case .hint:
            state.withLock { $0.runner }?.hint()
        case .stop(let seconds):
            stop(within: max(0, seconds))
        }
    }

    /// Returns at once. The last that came shall win: called within the lock, which keeps their order.
    private func change(_ change: StageChange, of runner: PipelineRunner) {
        changing.async {
            let outcome = runner.change(change.stage, change.options)
            self.send(.stage(StageAnswer(number: change.number, outcome: outcome)))
        }
    }

    private func stop(within seconds: Double) {
        let runner = state.withLock {
            $0.stop = min($0.stop ?? seconds, seconds)
            return $0.runner
        }
        runner?.stop(within: seconds)
        wake.signal()
    }

    // MARK: Waiting and ending

    /// Nil when the worker is to stop before it was told what to run.
    private func awaitRequest() -> RunRequest? {
        while true {
            receive(LinkReader.next(link))
            let (request, stop) = state.withLock { ($0.request, $0.stop) }
            if let request { return request }
            if stop != nil { return nil }
        }
    }

    /// A plan that is wrong reaches nothing.
    private func enterSandbox(_ request: RunRequest?) {
        let graph = request.flatMap { request in
            try? Plan(parsing: request.planText, limits: request.isUntrusted ? .untrusted : .trusted)
                .binding(request.parameters).graph
        }
        Sandbox.enter(SandboxRules(graph, apiPorts: limits.apiPorts))
    }

    private func awaitEnding() -> PlanEnding {
        while true {
            if let ending = state.withLock({ $0.ending }) { return ending }
            wake.wait()
        }
    }

    private func end(_ ending: PlanEnding) -> Int32 {
        if let message = encoded(.ended(ending.reason, message: ending.message)) { outbox.close(with: message) }
        return outbox.waitUntilDrained(seconds: 1) ? 0 : 75  // EX_TEMPFAIL
    }

    private func send(_ message: WorkerMessage) {
        if let bytes = encoded(message) { outbox.send(bytes) }
    }

    private func send(_ report: WorkerLink.Progress) {
        var progress = report
        for tap in progress.taps.indices { progress.taps[tap].dropped += outbox.replaced(ofTap: tap) }
        do {
            outbox.send(progress: try progress.fittingTheLink.message)
        } catch {
            Log.write("a report is left out: \(error)")
        }
    }

    private func encoded(_ message: WorkerMessage) -> [UInt8]? {
        do {
            return try ControlCodec.encode(message)
        } catch {
            Log.write("a message is left out: \(error)")
            return nil
        }
    }
}
