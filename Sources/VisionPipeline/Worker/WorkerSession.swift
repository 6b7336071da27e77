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
    private let outbox = LinkOutbox()
    private let state = Mutex(State())
    /// Signalled with the run request, and with a reason to end.
    private let wake = DispatchSemaphore(value: 0)
    /// Where stages are made anew: that may take a while, and the link is read meanwhile.
    private let changing = DispatchQueue(label: "streamtap.changing", qos: .userInitiated)

    private struct State {
        var request: RunRequest?
        var runner: PipelineRunner?
        var demand: Demand?
        /// Those that came before there was a runner.
        var changes: [StageChange] = []
        var ending: PlanEnding?
        /// How long files may take to be finished, seconds; nil while nobody wants the worker to stop.
        var stop: Double?
    }

    init(_ link: LinkDescriptor, stages: StageCatalog) {
        self.link = link
        self.stages = stages
    }

    /// Returns the exit status.
    func run() -> Int32 {
        LinkWriter.start(link, outbox)
        send(.hello(version: Link.version, pid: getpid()))
        LinkReader.start(link) { self.receive($0) }
        // The supervisor's second word: quick.
        TerminationSignal.onArrival { self.stop(within: 0.3) }
        // While the request is on its way.
        _ = try? GStreamer.initialize()

        guard let request = awaitRequest() else { return end(PlanEnding(.stopRequested, "stopped")) }
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
                plan = plan.holdingCamerasToTCP
            }
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
            progress.stop()
            return end(PlanEnding(ending.reason, redaction.apply(to: ending.message)))
        } catch {
            let diagnostics = (error as? PlanError)?.diagnostics ?? []
            send(.invalid(redaction.apply(to: diagnostics)))
            return end(PlanEnding(.planInvalid, "the plan cannot run as it stands"))
        }
    }

    private func start(_ plan: Plan, _ request: RunRequest) throws(PlanError) -> PipelineRunner {
        let runner = try PipelineRunner(
            plan: plan, stages: stages, stageOptions: request.stageOptions,
            allowedElements: request.isUntrusted ? TextPolicy.elementsInPipeline : nil, goesOn: request.goesOn,
            experience: request.experience,
            deliver: { [outbox] in outbox.send($0) },
            ended: { ending in
                self.state.withLock { $0.ending = ending }
                self.wake.signal()
            })
        var compiled = runner.compiled
        compiled.warnings = plan.warnings + plan.lint(stages: stages.names) + compiled.warnings
        send(.compiled(compiled))
        let (demand, stop) = state.withLock {
            $0.runner = runner
            // Queued before any that comes from now on.
            for change in $0.changes { self.change(change, of: runner) }
            $0.changes = []
            return ($0.demand, $0.stop)
        }
        if let demand { runner.demand(demand) }
        runner.start()
        if let stop { runner.stop(within: stop) }
        return runner
    }

    // MARK: What the server says

    private func receive(_ message: ServerMessage) {
        switch message {
        case .run(let request):
            state.withLock { if $0.request == nil { $0.request = request } }
            wake.signal()
        case .demand(let demand):
            let runner = state.withLock { state -> PipelineRunner? in
                if let known = state.demand, known.generation > demand.generation { return nil }
                state.demand = demand
                return state.runner
            }
            runner?.demand(demand)
        case .change(let change):
            state.withLock { state in
                if let runner = state.runner {
                    self.change(change, of: runner)
                } else {
                    state.changes.append(change)
                }
            }
        case .stop:
            stop(within: 4)
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
            let (request, stop) = state.withLock { ($0.request, $0.stop) }
            if let request { return request }
            if stop != nil { return nil }
            wake.wait()
        }
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

    private func send(_ progress: WorkerLink.Progress) {
        if let bytes = encoded(.progress(progress.fittingTheLink)) { outbox.send(progress: bytes) }
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
