internal import Dispatch
internal import Synchronization
internal import WorkerLink

/// A run's GStreamer elements behind a stage: apart from everything else, so that what fails or hangs in them holds
/// nobody. Behind a live source a branch that has failed is made again after a while.
final class Branch: @unchecked Sendable {  // pipelines and `retries` are touched on `queue` only; `state` is locked
    let name: String
    /// Of the plan; the same for every attempt.
    private let inlets: [FrameInlet]
    private let recipe: SegmentRecipe?
    /// State changes of its own: connecting to a server that does not answer takes minutes.
    private let queue = DispatchQueue(label: "streamtap.branch")
    private let state: Mutex<State>
    private var retries = BranchRetries()

    private enum Phase {
        /// The pipeline takes frames, or waits for the first one.
        case up
        /// It has failed and is gone, and no other has taken its place yet.
        case down
        /// Every sink has finished.
        case ended
    }

    private struct State {
        var segment: BuiltSegment
        var phase = Phase.up
        /// Why it does not run; kept while it is tried again, until that has gone well for a moment.
        var failure: String?
        /// It shall not be tried again.
        var isFinal = false
        /// When its first frame came, CLOCK_MONOTONIC nanoseconds.
        var begun: Int64?
        var events: (@Sendable (PipelineEvent, BuiltSegment) -> Void)?
        var failed: (@Sendable (BuiltSegment) -> Void)?
    }

    init(_ segment: BuiltSegment, name: String) {
        self.name = name
        inlets = segment.inlets
        recipe = segment.recipe
        state = Mutex(State(segment: segment))
    }

    private var segment: BuiltSegment { state.withLock { $0.segment } }

    /// Makes it ready to take frames; it plays from the first one on. Returns at once.
    ///
    /// What is reported comes with the attempt that it is about: it may be heard when that is over.
    ///
    /// - Parameters:
    ///   - group: left when it is ready, or cannot be.
    ///   - failed: called when it cannot be, after the elements' own errors.
    func prepare(
        in group: DispatchGroup, events: @escaping @Sendable (PipelineEvent, BuiltSegment) -> Void,
        failed: @escaping @Sendable (BuiltSegment) -> Void
    ) {
        state.withLock { ($0.events, $0.failed) = (events, failed) }
        configure()
        group.enter()
        queue.async { [self] in
            let isReady = makeReady()
            group.leave()
            if !isReady { failed(segment) }
        }
    }

    private func configure() {
        let segment = segment
        let isLive = inlets.contains { $0.isLive }
        segment.configure(isLive: isLive, baseTime: nil)
        segment.start.whenBegun { [weak self, weak segment] in if let segment { self?.play(segment) } }
    }

    /// On `queue`.
    private func makeReady() -> Bool {
        let (segment, events) = state.withLock { ($0.segment, $0.events) }
        segment.pipeline?.useSystemClock()
        if let events {
            segment.pipeline?.receiveEvents { [weak segment] event in if let segment { events(event, segment) } }
        }
        return segment.pipeline?.set(.paused) != .failed
    }

    /// Its first frame has come: that is its time zero.
    private func play(_ segment: BuiltSegment) {
        let now = MonotonicClock.now()
        let wasDown = state.withLock { state in
            state.begun = now
            return state.failure != nil
        }
        queue.async { [weak self, queue] in
            segment.pipeline?.setBaseTime(now)
            _ = segment.pipeline?.set(.playing)
            guard wasDown else { return }
            queue.asyncAfter(deadline: .now() + Self.trial) { [weak self] in self?.welcome(segment) }
        }
    }

    /// How long a branch that failed before must go well to be called running, seconds.
    private static let trial = 2.0

    func gatherLatency() {
        queue.async { [self] in segment.pipeline?.gatherLatency() }
    }

    /// Every sink has finished. A source that failed ends its stream, too: then nothing is finished.
    func ended(_ segment: BuiltSegment) {
        let isDone = state.withLock { state in
            guard state.segment === segment, state.phase == .up else { return false }
            state.phase = .ended
            return true
        }
        if isDone { endOutlets(of: segment) }
    }

    /// - Returns: false when this attempt had failed before, or was done.
    @discardableResult
    func fail(_ segment: BuiltSegment, _ reason: String) -> Bool {
        let failed = state.withLock { state -> (segment: BuiltSegment, ran: Int64)? in
            guard state.segment === segment, state.phase == .up else { return nil }
            state.failure = reason
            state.phase = .down
            return (state.segment, state.begun.map { MonotonicClock.now() - $0 } ?? 0)
        }
        guard let failed else { return false }
        // Whoever waits to put a frame in waits no longer; what comes behind finishes what it has.
        for inlet in inlets { inlet.endOfStream() }
        endOutlets(of: failed.segment)
        queue.async { [self] in
            failed.segment.stop()
            tryLater(after: failed.ran)
        }
        return true
    }

    private func endOutlets(of segment: BuiltSegment) {
        for outlet in segment.outlets { outlet.counts.end() }
        for tree in segment.trees { tree.end() }
    }

    // MARK: Trying again

    /// On `queue`. Only what comes live will go on long enough, and only what loses no file.
    private func tryLater(after ran: Int64) {
        guard let recipe, inlets.contains(where: \.isLive), !recipe.wouldOverwrite else { return }
        queue.asyncAfter(deadline: .now() + retries.next(after: ran)) { [weak self] in self?.tryAgain(recipe) }
    }

    /// On `queue`.
    private func tryAgain(_ recipe: SegmentRecipe) {
        guard !state.withLock({ $0.isFinal }), let segment = recipe.build(after: segment) else { return }
        let failed = state.withLock { state -> (@Sendable (BuiltSegment) -> Void)? in
            (state.segment, state.phase, state.begun) = (segment, .up, nil)
            return state.failed
        }
        for inlet in inlets { inlet.configure(isLive: inlet.isLive) }
        configure()
        guard makeReady() else {
            failed?(segment)
            return
        }
        for inlet in inlets { inlet.open() }
        // Whoever ended the run meanwhile may have ended the inlets before these were theirs.
        if state.withLock({ $0.isFinal }) { for inlet in inlets { inlet.endOfStream() } }
    }

    /// It has been well for a moment: it runs.
    private func welcome(_ segment: BuiltSegment) {
        let isWell = state.withLock { state in
            guard state.segment === segment, state.phase != .down else { return false }
            state.failure = nil
            return true
        }
        if isWell { Log.write("branch \(name) runs again") }
    }

    /// The run is about to end.
    func tryNoMore() {
        state.withLock { $0.isFinal = true }
    }

    // MARK: Ending

    /// It runs, frames have come, and its sinks have something to finish.
    var isUnfinished: Bool {
        state.withLock { $0.phase == .up && $0.segment.start.hasBegun }
    }

    /// It is known whether what comes to it is live.
    var isConfigured: Bool { inlets.allSatisfy(\.isConfigured) }

    func nodeID(ofElement name: String) -> String? { segment.nodeID(ofElement: name) }

    /// - Parameter group: left when its threads are gone, which an unreachable server can hold for long.
    func stop(in group: DispatchGroup) {
        tryNoMore()
        for inlet in inlets { inlet.endOfStream() }
        group.enter()
        queue.async { [self] in
            segment.stop()
            group.leave()
        }
    }

    var progress: BranchProgress {
        let failure = state.withLock { $0.failure }
        return BranchProgress(
            name: name, state: failure == nil ? .running : .failed, reason: failure,
            frames: inlets.reduce(0) { $0 + $1.counts.frames },
            dropped: inlets.reduce(0) { $0 + $1.dropped })
    }
}
