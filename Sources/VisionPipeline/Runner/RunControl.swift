internal import Dispatch
internal import Plans
internal import Synchronization
internal import WorkerLink

/// The life of one run, from PAUSED to its ending. Confined to the runner's control queue.
final class RunControl: @unchecked Sendable {  // all but `interrupted` is touched on the control queue only
    private let plan: BuiltPlan
    private let graph: PlanGraph
    private let queue: DispatchQueue
    private let ended: @Sendable (PlanEnding) -> Void
    private let interrupted = Atomic<Bool>(false)

    private enum State { case idle, running, finishing, over }
    private var state = State.idle
    /// Indices of segments that have played to their end.
    private var endedSegments: Set<Int> = []
    private var liveSegments: Set<Int> = []

    init(_ plan: BuiltPlan, _ graph: PlanGraph, queue: DispatchQueue, ended: @escaping @Sendable (PlanEnding) -> Void) {
        self.plan = plan
        self.graph = graph
        self.queue = queue
        self.ended = ended
    }

    deinit {
        if state != .over { plan.stop() }
    }

    /// Any thread: whatever waits for a first frame waits no longer.
    func interrupt() {
        interrupted.store(true, ordering: .releasing)
        plan.onPreroll.signal()
    }

    // MARK: Starting

    func start() {
        guard state == .idle else { return }
        state = .running
        for (index, segment) in plan.segments.enumerated() {
            segment.pipeline?.useSystemClock()
            segment.pipeline?.receiveEvents { [weak self, queue] event in
                // An error may be about the very start: nobody shall wait for frames then.
                if case .failed = event { self?.interrupt() }
                queue.async { [weak self] in self?.receive(event, from: index) }
            }
            if segment.pipeline?.set(.paused) == .live { liveSegments.insert(index) }
        }
        waitForFirstFrames()
        let baseTime = MonotonicClock.now()
        for (index, segment) in plan.segments.enumerated() {
            let isLive = liveSegments.contains(index)
            for edge in segment.edges {
                // Behind a demuxer nothing answers yet; then what the pipeline said counts.
                edge.settle(isLive: isLive && edge.queryLiveness() ?? true, baseTime: baseTime)
            }
            segment.settleBranches(isLive: isLive)
            segment.pipeline?.setBaseTime(baseTime)
            _ = segment.pipeline?.set(.playing)
        }
    }

    /// Files start together, with their first frames ready. A branch that never gets one holds nobody for long.
    private func waitForFirstFrames() {
        let waiting = plan.segments.indices.filter { !liveSegments.contains($0) }.flatMap { plan.segments[$0].edges }
        let deadline = DispatchTime.now() + .seconds(2)
        while !interrupted.load(ordering: .acquiring), waiting.contains(where: { !$0.counts.isReady }) {
            if plan.onPreroll.wait(timeout: deadline) == .timedOut { return }
        }
    }

    // MARK: Events

    private func receive(_ event: PipelineEvent, from index: Int) {
        guard state == .running || state == .finishing else { return }
        let segment = plan.segments[index]
        switch event {
        case .endOfStream:
            endedSegments.insert(index)
            segment.edges.forEach { $0.counts.end() }
            if state == .finishing {
                if endedSegments.isSuperset(of: unfinished) { finish() }
            } else if liveSegments.contains(index) {
                ending = PlanEnding(.disconnected, "the source ended the stream")
                finish()
            } else if endedSegments.count == plan.segments.count {
                ending = PlanEnding(.endOfStream, "played to the end")
                finish()
            }
        case .failed(let failure):
            guard state == .running else { return }
            ending = describe(failure, segment)
            finish()
        case .latencyChanged:
            segment.pipeline?.gatherLatency()
        case .warning(let failure):
            Log.write("\(segment.nodeID(ofElement: failure.element) ?? failure.element): \(failure.words)")
        case .stateChanged:
            break
        }
    }

    func failed(late diagnostics: [Diagnostic]) {
        guard state == .running, let first = diagnostics.first else { return }
        ending = PlanEnding(.planInvalid, "line \(first.line), column \(first.column): \(first.message)")
        finish()
    }

    private func describe(_ failure: ElementFailure, _ segment: BuiltSegment) -> PlanEnding {
        let hadFrames = segment.edges.contains { $0.sourceProgress.frames > 0 }
        var ending = PlanEnding(failure.reason(hadFrames: hadFrames), failure.words)
        if ending.reason == .unreachable, !hadFrames, let id = segment.nodeID(ofElement: failure.element),
            let location = graph.location(ofNode: id), let finding = ConnectionProbe.probe(location)
        {
            ending = PlanEnding(finding.reason, "\(ending.message): \(Redaction.masked(finding.words))")
        }
        return ending
    }

    // MARK: Ending

    private var ending = PlanEnding(.stopRequested, "stopped")

    /// Segments whose own sinks have something to finish.
    private var unfinished: Set<Int> {
        Set(plan.segments.indices.filter { plan.segments[$0].hasOwnSinks })
    }

    func stop(within seconds: Double) {
        guard state != .over else { return }
        guard state == .running, !unfinished.isSubset(of: endedSegments), seconds > 0 else { return finish() }
        state = .finishing
        for index in unfinished.subtracting(endedSegments) { plan.segments[index].pipeline?.sendEndOfStream() }
        queue.asyncAfter(deadline: .now() + seconds) { [weak self] in self?.finish() }
    }

    private func finish() {
        guard state != .over else { return }
        state = .over
        // First what people see, then what may hang.
        for tap in plan.taps { tap.deliverLast() }
        plan.stop()
        ended(ending)
    }
}

extension PlanGraph {
    /// The address that a source was given.
    fileprivate func location(ofNode id: String) -> String? {
        let node = nodes.first { $0.id == id }
        switch node?.properties.first(where: { $0.name == "location" || $0.name == "uri" })?.value {
        case .literal(let text): return text
        case .bound(let value, _): return value.text
        case .parameter, nil: return nil
        }
    }
}
