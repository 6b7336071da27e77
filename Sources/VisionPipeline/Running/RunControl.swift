internal import Dispatch
internal import Foundation
internal import Plans
internal import Synchronization
internal import WorkerLink

/// The life of one run, from PAUSED to its ending. Confined to the runner's control queue, which nothing holds for long.
final class RunControl: @unchecked Sendable {  // all but `interrupted` is touched on the control queue only
    private let plan: BuiltPlan
    let sources: [SourceSegment]
    let branches: [Branch]
    private let graph: PlanGraph
    /// What the plan says of all its sources; nil: they are asked.
    private let isLive: Bool?
    private let queue: DispatchQueue
    private let ended: @Sendable (PlanEnding) -> Void
    private let interrupted = Atomic<Bool>(false)
    private enum State { case idle, running, finishing, over }
    private var state = State.idle
    /// CLOCK_MONOTONIC at running time zero, nanoseconds; nil before.
    private var baseTime: Int64?
    /// Nil where there is one.
    private var several: SeveralSources?
    private var films: SilentFilms?
    /// Indices of sources whose end is waited for.
    private var awaited: Set<Int> = []

    /// The failure of a single source is the run's, and a new process the better hope. One of several is tried again alone.
    private var isAlone: Bool { sources.count == 1 }

    init(
        _ plan: BuiltPlan, _ graph: PlanGraph, isLive: Bool?, allowedSilence: Double?, queue: DispatchQueue,
        ended: @escaping @Sendable (PlanEnding) -> Void
    ) {
        self.plan = plan
        self.isLive = isLive
        sources = plan.segments.filter { $0.branchName == nil }.enumerated().map {
            SourceSegment($1, index: $0, allowedSilence: allowedSilence)
        }
        branches = plan.segments.compactMap { segment in segment.branchName.map { Branch(segment, name: $0) } }
        self.graph = graph
        self.queue = queue
        self.ended = ended
    }

    deinit {
        several?.cancel()
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
        open()
        waitForFirstFrames()
        // Inlets hear from their outlets whether what comes is live; branches may then be made ready. Sources are asked, and not
        // the way from them: a LATENCY query says "not live" while a pad on that is still to come.
        for source in sources where source.attempt.isOpen { source.configure(isLive: isLive, baseTime: 0) }
        prepareBranches()
        let baseTime = MonotonicClock.now()
        self.baseTime = baseTime
        for source in sources { source.play(isLive: isLive, baseTime: baseTime) }
        films = SilentFilms(sources, queue: queue)
        guard !isAlone else { return }
        several = SeveralSources(
            sources, queue: queue,
            begin: { [weak self] source in
                guard let self, state == .running else { return }
                source.begin(isLive: isLive, baseTime: baseTime, events: events(of: source))
            },
            giveUp: { [weak self] ending, source in
                guard let self, state == .running else { return }
                conclude(ending, within: Self.finishing, except: source.index)
            })
    }

    /// All at once. Of several one that takes long holds the others for a moment only, and plays when it is there.
    private func open() {
        let group = DispatchGroup()
        for source in sources {
            if !isAlone { source.segment.expectSuccessor() }
            group.enter()
            source.attempt.open(
                events: events(of: source),
                opened: { [weak self, weak source, queue] attempt in
                    group.leave()
                    queue.async { [weak self, weak source] in if let source { self?.playLate(source, attempt) } }
                })
        }
        if isAlone { group.wait() } else { _ = group.wait(timeout: .now() + .seconds(2)) }
        for source in sources where source.attempt.isOpen { source.configure(isLive: isLive, baseTime: 0) }
    }

    /// Where another attempt has taken its place, that plays by itself.
    private func playLate(_ source: SourceSegment, _ attempt: SourceAttempt) {
        guard state == .running, let baseTime, source.attempt === attempt else { return }
        source.play(isLive: isLive, baseTime: baseTime)
    }

    private func events(of source: SourceSegment) -> SourceAttempt.Events {
        { [weak self, weak source, queue] event, attempt in
            // An error may be about the very start: nobody shall wait for frames then.
            if case .failed = event, let self, self.isAlone { self.interrupt() }
            queue.async { [weak self, weak source] in
                if let source { self?.receive(event, from: source, attempt) }
            }
        }
    }

    private func prepareBranches() {
        branches.prepare(
            events: { [weak self, queue] event, branch, segment in
                queue.async { [weak self] in self?.receive(event, from: branch, segment) }
            },
            failed: { [weak self, queue] branch, segment in
                queue.async { [weak self] in self?.branchFailed(branch, segment, "it could not be started") }
            })
    }

    /// Files start together, with their first frames ready. A branch that never gets one holds nobody for long. What comes over
    /// HTTP shows by the answer whether it is a film at all; alone, it keeps nobody waiting for that.
    private func waitForFirstFrames() {
        let waiting = sources.filter { $0.attempt.isOpen && !$0.isLive && $0.attempt.prerolls }.map(\.segment)
        let start = DispatchTime.now()
        while !interrupted.load(ordering: .acquiring) {
            let isAsking = isAlone && waiting.contains(where: \.awaitsAnswer)
            guard isAsking || !waiting.allSatisfy(\.isReady), DispatchTime.now() < start + (isAsking ? 8 : 2) else {
                return
            }
            _ = plan.onPreroll.wait(timeout: .now() + .milliseconds(100))
        }
    }

    // MARK: Events

    private func receive(_ event: PipelineEvent, from source: SourceSegment, _ attempt: SourceAttempt) {
        guard state == .running || state == .finishing, source.attempt === attempt, source.isUp else { return }
        switch event {
        case .endOfStream:
            awaited.remove(source.index)
            if state == .finishing {
                source.complete()
                finishWhenNobodyIsAwaited()
            } else if !source.isOver {
                failed(source, attempt, PlanEnding(.disconnected, "the source ended the stream"))
            } else {
                source.complete()
                guard sources.allSatisfy(\.condition.isCompleted) else { return }
                conclude(PlanEnding(.endOfStream, "played to the end"), within: Self.finishingFile)
            }
        case .failed(let failure):
            awaited.remove(source.index)
            guard state == .running else { return finishWhenNobodyIsAwaited() }
            source.isFailing = true
            attempt.explain(failure, graph) { [weak self, weak source, queue] ending in
                queue.async { [weak self, weak source] in
                    if let source { self?.failed(source, attempt, ending) }
                }
            }
        case .latencyChanged:
            attempt.gatherLatency()
        case .warning(let failure):
            Log.write("\(source.segment.nodeID(ofElement: failure.element) ?? failure.element): \(failure.words)")
        case .stateChanged:
            break
        }
    }

    private func failed(_ source: SourceSegment, _ attempt: SourceAttempt, _ ending: PlanEnding) {
        guard state == .running, source.attempt === attempt else { return }
        if isAlone || ending.reason.isFinal || ending.needsNewProcess {
            conclude(ending, within: Self.finishing, except: source.index)
        } else {
            several?.failed(source, ending)
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

    func hint() {
        if state == .running { several?.hint() }
    }

    func failed(late diagnostics: [Diagnostic]) {
        guard state == .running, let first = diagnostics.first else { return }
        let words = "line \(first.line), column \(first.column): \(first.message)"
        conclude(PlanEnding(.planInvalid, words), within: Self.finishing)
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
        // Nobody waits for a source that is not there: begun now, it would only write over what the others finish.
        several?.cancel()
        for branch in branches { branch.tryNoMore() }
        // The sources are let be: one that hangs must not keep a recording from its end.
        let trees = sources.flatMap(\.segment.trees)
        let patience = Date(timeIntervalSinceNow: min(Self.underWay, seconds / 2))
        for tree in trees { tree.drain(until: patience) }
        for tree in trees { tree.end() }
        for cut in sources.flatMap(\.segment.cuts) { cut.finish() }
        let unfinished = sources.filter { $0.segment.hasOwnSinks && $0.isUp && $0.index != failed }
        awaited = Set(unfinished.map(\.index))
        for source in unfinished { source.attempt.sendEndOfStream() }
        finishWhenNobodyIsAwaited()
        if state == .finishing { endAfter(seconds) }
    }

    /// Of the time that files have, this is for their ends alone, seconds.
    private static let closing = 0.5

    private func endAfter(_ seconds: Double) {
        queue.asyncAfter(deadline: .now() + max(0, seconds - Self.closing)) { [weak self] in self?.endMuxers() }
        queue.asyncAfter(deadline: .now() + seconds) { [weak self] in self?.finish() }
    }

    private func endMuxers() {
        guard state == .finishing else { return }
        for branch in branches where branch.isUnfinished { branch.endMuxers() }
        for source in sources where awaited.contains(source.index) { source.attempt.endMuxers() }
    }

    private func finishWhenNobodyIsAwaited() {
        if awaited.isEmpty, !branches.contains(where: \.isUnfinished) { finish() }
    }

    private func finish() {
        guard state != .over else { return }
        state = .over
        several?.cancel()
        films = nil
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
        let stopping = DispatchGroup()
        for source in sources {
            stopping.enter()
            source.attempt.stop(isLast: true) { stopping.leave() }
        }
        // Of several one that hangs is the reason to end: the process is about to, with all that hangs in it.
        if isAlone { stopping.wait() } else { _ = stopping.wait(timeout: .now() + .seconds(3)) }
    }
}
