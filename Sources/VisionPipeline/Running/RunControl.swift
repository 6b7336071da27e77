internal import Dispatch
internal import Foundation
internal import Plans
internal import Synchronization
internal import WorkerLink

/// The life of one run, from PAUSED to its ending. Confined to the runner's control queue.
final class RunControl: @unchecked Sendable {  // all but `interrupted` is touched on the control queue only
    private let plan: BuiltPlan
    /// Segments with sources.
    private let mains: [BuiltSegment]
    let branches: [Branch]
    private let graph: PlanGraph
    /// What the plan says of all its sources; nil: they are asked.
    private let isLive: Bool?
    private let queue: DispatchQueue
    private let ended: @Sendable (PlanEnding) -> Void
    private let interrupted = Atomic<Bool>(false)

    private enum State { case idle, running, finishing, over }
    private var state = State.idle
    /// Indices into `mains` of segments that have played to their end.
    private var endedSegments: Set<Int> = []
    private var liveSegments: Set<Int> = []
    /// Those whose end is waited for.
    private var awaited: Set<Int> = []

    init(
        _ plan: BuiltPlan, _ graph: PlanGraph, isLive: Bool?, queue: DispatchQueue,
        ended: @escaping @Sendable (PlanEnding) -> Void
    ) {
        self.plan = plan
        self.isLive = isLive
        mains = plan.segments.filter { $0.branchName == nil }
        branches = plan.segments.compactMap { segment in segment.branchName.map { Branch(segment, name: $0) } }
        self.graph = graph
        self.queue = queue
        self.ended = ended
    }

    deinit {
        if state != .over { stopAll() }
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
        for (index, segment) in mains.enumerated() {
            segment.pipeline?.useSystemClock()
            segment.pipeline?.receiveEvents { [weak self, queue] event in
                // An error may be about the very start: nobody shall wait for frames then.
                if case .failed = event { self?.interrupt() }
                queue.async { [weak self] in self?.receive(event, from: index) }
            }
            let change = segment.pipeline?.set(.paused)
            if change == .failed { couldNotStart(index) }
            if isLive ?? (change == .live || !segment.liveSources.isEmpty) { liveSegments.insert(index) }
        }
        waitForFirstFrames()
        // Inlets hear from their outlets whether what comes is live; branches may then be made ready. Sources are asked, and not
        // the way from them: a LATENCY query says "not live" while a pad on that is still to come.
        let liveness = mains.map { segment in
            let live = segment.liveSources
            return segment.outlets.map { outlet in isLive ?? !live.isDisjoint(with: outlet.sources) }
        }
        for (segment, lives) in zip(mains, liveness) {
            for (outlet, isLive) in zip(segment.outlets, lives) { outlet.configure(isLive: isLive, baseTime: 0) }
        }
        for segment in mains {
            let isLive = isLive ?? !segment.liveSources.isEmpty
            for cut in segment.cuts { cut.configure(isLive: isLive) }
        }
        prepareBranches()
        let baseTime = MonotonicClock.now()
        for (index, segment) in mains.enumerated() {
            for (outlet, isLive) in zip(segment.outlets, liveness[index]) {
                outlet.configure(isLive: isLive, baseTime: baseTime)
            }
            segment.configureBranches(isLive: liveSegments.contains(index))
            segment.pipeline?.setBaseTime(baseTime)
            _ = segment.pipeline?.set(.playing)
        }
    }

    /// Most elements have said why by now, and that is heard first; some never do.
    private func couldNotStart(_ index: Int) {
        interrupt()
        let failure = ElementFailure(
            domain: .core, code: 0, message: "an element cannot be started, and does not say why", element: "",
            factory: "")
        queue.async { [weak self] in self?.receive(.failed(failure), from: index) }
    }

    /// A branch that takes long to be ready holds nobody for long, and misses what comes before it is.
    private func prepareBranches() {
        let group = DispatchGroup()
        var waiting = branches
        while !waiting.isEmpty {
            // One that another branch feeds comes after that one.
            let next = waiting.filter(\.isConfigured)
            for branch in next.isEmpty ? waiting : next {
                branch.prepare(
                    in: group,
                    events: { [weak self, weak branch, queue] event, segment in
                        queue.async { [weak self, weak branch] in
                            if let branch { self?.receive(event, from: branch, segment) }
                        }
                    },
                    failed: { [weak self, weak branch, queue] segment in
                        queue.async { [weak self, weak branch] in
                            if let branch { self?.branchFailed(branch, segment, "it could not be started") }
                        }
                    })
            }
            waiting = next.isEmpty ? [] : waiting.filter { branch in !next.contains { $0 === branch } }
        }
        _ = group.wait(timeout: .now() + .seconds(2))
    }

    /// Files start together, with their first frames ready. A branch that never gets one holds nobody for long.
    private func waitForFirstFrames() {
        let waiting = mains.indices.filter { !liveSegments.contains($0) }.flatMap { mains[$0].outlets }
        let deadline = DispatchTime.now() + .seconds(2)
        while !interrupted.load(ordering: .acquiring), waiting.contains(where: { !$0.counts.isReady }) {
            if plan.onPreroll.wait(timeout: deadline) == .timedOut { return }
        }
    }

    // MARK: Events

    private func receive(_ event: PipelineEvent, from index: Int) {
        guard state == .running || state == .finishing else { return }
        let segment = mains[index]
        switch event {
        case .endOfStream:
            endedSegments.insert(index)
            awaited.remove(index)
            segment.outlets.forEach { $0.counts.end() }
            if state == .finishing {
                finishWhenNobodyIsAwaited()
            } else if liveSegments.contains(index) {
                conclude(PlanEnding(.disconnected, "the source ended the stream"), within: Self.finishing)
            } else if endedSegments.count == mains.count {
                conclude(PlanEnding(.endOfStream, "played to the end"), within: Self.finishingFile)
            }
        case .failed(let failure):
            awaited.remove(index)
            guard state == .running else { return finishWhenNobodyIsAwaited() }
            conclude(describe(failure, segment), within: Self.finishing, except: index)
        case .latencyChanged:
            segment.pipeline?.gatherLatency()
        case .warning(let failure):
            Log.write("\(segment.nodeID(ofElement: failure.element) ?? failure.element): \(failure.words)")
        case .stateChanged:
            break
        }
    }

    private func receive(_ event: PipelineEvent, from branch: Branch, _ segment: BuiltSegment) {
        guard state == .running || state == .finishing else { return }
        switch event {
        case .endOfStream:
            branch.ended(segment)
            if state == .finishing { finishWhenNobodyIsAwaited() }
        case .failed(let failure):
            branchFailed(branch, segment, failure.words)
        case .latencyChanged:
            branch.gatherLatency()
        case .warning(let failure):
            Log.write("\(branch.nodeID(ofElement: failure.element) ?? branch.name): \(failure.words)")
        case .stateChanged:
            break
        }
    }

    private func branchFailed(_ branch: Branch, _ segment: BuiltSegment, _ words: String) {
        guard branch.fail(segment, words) else { return }
        Log.write("branch \(branch.name) failed: \(words)")
        if state == .finishing { finishWhenNobodyIsAwaited() }
    }

    func failed(late diagnostics: [Diagnostic]) {
        guard state == .running, let first = diagnostics.first else { return }
        let words = "line \(first.line), column \(first.column): \(first.message)"
        conclude(PlanEnding(.planInvalid, words), within: Self.finishing)
    }

    private func describe(_ failure: ElementFailure, _ segment: BuiltSegment) -> PlanEnding {
        let hadFrames = segment.outlets.contains { $0.progress.frames > 0 }
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

    /// How long branches may take to finish their files, seconds: on stop, and when all has been played and nobody waits.
    private static let finishing = 4.0
    private static let finishingFile = 10.0

    /// How long frames that workers have taken may be on their way to a recording, seconds.
    private static let underWay = 0.3

    func stop(within seconds: Double) {
        switch state {
        case .over: return
        case .idle: finish()
        case .running: conclude(ending, within: seconds)
        case .finishing: endAfter(seconds)
        }
    }

    /// No frames any more; whoever has a file to finish does so, and then the run is over.
    ///
    /// - Parameter failed: the segment that is beyond finishing anything.
    private func conclude(_ ending: PlanEnding, within seconds: Double, except failed: Int? = nil) {
        self.ending = ending
        state = .finishing
        for branch in branches { branch.tryNoMore() }
        // The sources are let be: one that hangs must not keep a recording from its end.
        let trees = mains.flatMap(\.trees)
        let patience = Date(timeIntervalSinceNow: min(Self.underWay, seconds / 2))
        for tree in trees { tree.drain(until: patience) }
        for tree in trees { tree.end() }
        for cut in mains.flatMap(\.cuts) { cut.endOfStream() }
        awaited = Set(mains.indices.filter { mains[$0].hasOwnSinks && $0 != failed }).subtracting(endedSegments)
        for index in awaited { mains[index].pipeline?.sendEndOfStream() }
        finishWhenNobodyIsAwaited()
        if state == .finishing { endAfter(seconds) }
    }

    private func endAfter(_ seconds: Double) {
        queue.asyncAfter(deadline: .now() + seconds) { [weak self] in self?.finish() }
    }

    private func finishWhenNobodyIsAwaited() {
        if awaited.isEmpty, !branches.contains(where: \.isUnfinished) { finish() }
    }

    private func finish() {
        guard state != .over else { return }
        state = .over
        // First what people see, then what may hang.
        StreamTap.deliverLast(of: plan.taps)
        stopAll()
        ended(ending)
    }

    /// Branches first, since a source may wait for one to take its frame.
    private func stopAll() {
        let group = DispatchGroup()
        for branch in branches { branch.stop(in: group) }
        _ = group.wait(timeout: .now() + .seconds(1))
        // Each on a thread of its own: cameras that are slow to go are so together.
        let sources = DispatchGroup()
        for segment in mains {
            DispatchQueue(label: "streamtap.stop").async(group: sources) { segment.stop() }
        }
        sources.wait()
    }
}

extension PlanGraph {
    /// The address that a source was given.
    fileprivate func location(ofNode id: String) -> String? {
        let node = nodes.first { $0.id == id }
        switch node?.properties.first(where: { $0.property == "location" || $0.property == "uri" })?.value {
        case .literal(let text): return text
        case .bound(let value, _): return value.text
        case .parameter, nil: return nil
        }
    }
}
