internal import Dispatch
internal import Synchronization
internal import WorkerLink

/// A run's GStreamer elements behind a stage, or beside those that lead to one: apart from everything else, so that what
/// fails or hangs in them holds nobody. Behind a live source a branch that has failed is made again after a while; one that
/// writes files is made anew when what comes is of another size or coding.
final class Branch: @unchecked Sendable {  // pipelines and `retries` are touched on `queue` only; `state` is locked
    let name: String
    /// Of the plan; the same for every attempt.
    private let inlets: [BranchInlet]
    private let recipe: SegmentRecipe?
    /// State changes of its own: connecting to a server that does not answer takes minutes.
    private let queue = DispatchQueue(label: "streamtap.branch")
    private let state: Mutex<State>
    private var retries = BranchRetries()

    private enum Phase {
        /// The pipeline takes frames, or waits for the first one.
        case up
        /// What comes now needs another pipeline: this one finishes what it has, and then that one is made.
        case changing
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
        /// It will be tried again.
        var hasNext = false
        /// It has been made anew, and what waits in its inlets is still to be put in.
        var isOpening = false
        /// How often what came has changed.
        var changes = 0
        /// How often it was made anew.
        var attempt: UInt64 = 0
        /// The change for which it is being made anew, until it takes what waits; nil at other times.
        var pending: Int?
        /// When its first frame came, CLOCK_MONOTONIC nanoseconds.
        var begun: Int64?
        var events: (@Sendable (PipelineEvent, BuiltSegment) -> Void)?
        var failed: @Sendable (BuiltSegment) -> Void = { _ in }
    }

    init(_ segment: BuiltSegment, name: String) {
        self.name = name
        inlets = segment.inlets
        recipe = segment.recipe
        state = Mutex(State(segment: segment))
        for inlet in inlets { inlet.whenCapsChange { [weak self] in self?.change() } }
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
        // It may be known of a source that could not be asked.
        for inlet in inlets where inlet.isConfigured { inlet.configure(isLive: inlet.isLive) }
        configure()
        group.enter()
        queue.async { [self] in
            let isReady = makeReady()
            group.leave()
            if !isReady { failed(segment) }
        }
        playWhenBegun()
    }

    private func configure() {
        let isLive = inlets.contains { $0.isLive }
        segment.configure(isLive: isLive, baseTime: nil)
        // Stages and taps behind it go on with the next attempt.
        if isLive, recipe != nil { segment.expectSuccessor() }
    }

    /// Once it is sure to be made ready first: a film may have begun already.
    private func playWhenBegun() {
        let segment = segment
        segment.start.whenBegun { [weak self, weak segment] in if let segment { self?.play(segment) } }
    }

    /// On `queue`.
    private func makeReady() -> Bool {
        let (segment, events) = state.withLock { ($0.segment, $0.events) }
        segment.pipeline?.useSystemClock()
        if let events {
            segment.receiveEvents { [weak segment] event in if let segment { events(event, segment) } }
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
            segment.pipeline?.setBaseTime(segment.zero(at: now))
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
        enum Outcome { case stale, changed, done }
        let outcome = state.withLock { state -> Outcome in
            guard state.segment === segment else { return .stale }
            switch state.phase {
            case .changing: return .changed
            case .up: state.phase = .ended
            case .down, .ended: return .stale
            }
            return .done
        }
        switch outcome {
        case .stale: break
        case .changed: queue.async { [self] in takePlace(of: segment) }
        case .done: endOutlets(of: segment)
        }
    }

    /// - Returns: false when this attempt had failed before, or was done.
    @discardableResult
    func fail(_ segment: BuiltSegment, _ reason: String) -> Bool {
        // Not in the lock: an inlet that has its first frame tells of it in its own.
        let isLive = inlets.contains(where: \.isLive)
        let failed = state.withLock { state -> (segment: BuiltSegment, ran: Int64)? in
            guard state.segment === segment, state.phase == .up || state.phase == .changing else { return nil }
            state.failure = reason
            state.phase = .down
            state.pending = nil
            state.hasNext = recipe != nil && isLive && !state.isFinal
            return (state.segment, state.begun.map { MonotonicClock.now() - $0 } ?? 0)
        }
        guard let failed else { return false }
        // Whoever waits to put a frame in waits no longer; what comes behind finishes what it has, or waits for what follows.
        for inlet in inlets { inlet.close() }
        let goesOn = state.withLock { $0.hasNext }
        if !goesOn { endOutlets(of: failed.segment) }
        queue.async { [self] in
            if failed.segment.start.hasBegun { failed.segment.finishFiles() }
            failed.segment.stop(keepingTrees: goesOn)
            tryLater(after: failed.ran)
        }
        return true
    }

    private func endOutlets(of segment: BuiltSegment) {
        for outlet in segment.outlets { outlet.counts.end() }
        for tree in segment.trees { tree.end() }
        for cut in segment.cuts { cut.finish() }
    }

    // MARK: Changing

    /// How long a file may take to be finished before another is begun, seconds.
    private static let finishing = 4.0
    /// How long making it anew may take then. A film waits meanwhile.
    private static let making = 10.0

    /// What comes is of another size or coding. On a thread that brings it.
    private func change() {
        // The inlet has ended its stream, which may have come out at the other end by now.
        let found = state.withLock { state -> (segment: BuiltSegment, hasEnded: Bool, number: Int)? in
            guard state.phase == .up || state.phase == .ended else { return nil }
            defer { state.phase = .changing }
            state.changes += 1
            state.pending = state.changes
            return (state.segment, state.phase == .ended, state.changes)
        }
        guard let (segment, hasEnded, number) = found else { return }
        Log.write("branch \(name): what comes has changed, so it is made anew")
        // Where its place is taken as well: what is taken by then must not be held for what was before it.
        queue.async { [weak self] in
            guard let self, isChanging(segment) else { return }
            for inlet in inlets { inlet.hold() }
        }
        queue.asyncAfter(deadline: .now() + (hasEnded ? 0 : Self.finishing)) { [weak self] in
            self?.takePlace(of: segment)
        }
        // Not on the branch's own queue: that is what hangs.
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.finishing + Self.making) { [weak self] in
            guard let self else { return }
            let (segment, events) = state.withLock { ($0.segment, $0.pending == number ? $0.events : nil) }
            events?(.failed(.notMadeInTime), segment)
        }
    }

    private func isChanging(_ segment: BuiltSegment) -> Bool {
        state.withLock { $0.segment === segment && $0.phase == .changing }
    }

    /// On `queue`. Once for each change: its end or the deadline, whichever comes first.
    private func takePlace(of old: BuiltSegment) {
        guard isChanging(old) else { return }
        old.stop()
        guard let recipe, let segment = recipe.build(after: old, attempt: nextAttempt()) else {
            return state.withLock({ $0.failed })(old)
        }
        let number = state.withLock { state in
            state.isOpening = true
            return state.pending
        }
        begin(segment, from: .changing)
        state.withLock { state in
            state.isOpening = false
            // What waited may have brought the next change already.
            if state.pending == number { state.pending = nil }
        }
    }

    // MARK: Trying again

    private func nextAttempt() -> UInt64 {
        state.withLock { state in
            state.attempt += 1
            return state.attempt
        }
    }

    /// On `queue`. Only what comes live will go on long enough.
    private func tryLater(after ran: Int64) {
        guard let recipe, inlets.contains(where: \.isLive) else {
            return state.withLock { $0.hasNext = false }
        }
        queue.asyncAfter(deadline: .now() + retries.next(after: ran)) { [weak self] in self?.tryAgain(recipe) }
    }

    /// On `queue`.
    private func tryAgain(_ recipe: SegmentRecipe) {
        guard !state.withLock({ $0.isFinal }) else { return }
        guard let segment = recipe.build(after: segment, attempt: nextAttempt()) else {
            state.withLock { $0.hasNext = false }
            return endOutlets(of: self.segment)
        }
        begin(segment, from: .down)
    }

    /// On `queue`.
    ///
    /// - Parameter phase: where making it took too long, the branch is in another by now, and nobody waits for it.
    private func begin(_ segment: BuiltSegment, from phase: Phase) {
        let told = state.withLock { state -> (@Sendable (BuiltSegment) -> Void)? in
            guard state.phase == phase else { return nil }
            (state.segment, state.phase, state.begun) = (segment, .up, nil)
            return state.failed
        }
        guard let failed = told else { return segment.stop() }
        for inlet in inlets { inlet.configure(isLive: inlet.isLive) }
        configure()
        guard makeReady() else { return failed(segment) }
        // That may have taken too long, too.
        guard state.withLock({ $0.segment === segment && $0.phase == .up }) else { return }
        playWhenBegun()
        // Sound waits until the pictures have begun.
        for inlet in inlets where !inlet.followsPictures { inlet.open() }
        for inlet in inlets where inlet.followsPictures { inlet.open() }
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
        let waiting = state.withLock { state -> BuiltSegment? in
            defer { state.isFinal = true }
            return state.phase == .down && state.hasNext && !state.isFinal ? state.segment : nil
        }
        // What is behind it waits for nothing any more.
        if let waiting { endOutlets(of: waiting) }
    }

    // MARK: Ending

    /// It runs, frames have come, and its sinks have something to finish.
    var isUnfinished: Bool {
        state.withLock { $0.phase == .changing || $0.phase == .up && ($0.isOpening || $0.segment.start.hasBegun) }
    }

    /// It is known whether what comes to it is live.
    var isConfigured: Bool { inlets.allSatisfy(\.isConfigured) }

    func nodeID(ofElement name: String) -> String? { segment.nodeID(ofElement: name) }

    /// The time for what is still on its way to its files has run out.
    func endMuxers() {
        queue.async { [self] in segment.pipeline?.endMuxers() }
    }

    /// - Parameter group: left when its threads are gone, which an unreachable server can hold for long.
    func stop(in group: DispatchGroup) {
        tryNoMore()
        for inlet in inlets { inlet.endOfStream() }
        group.enter()
        queue.async { [self] in
            state.withLock { if $0.phase == .changing { $0.phase = .down } }
            segment.stop()
            group.leave()
        }
    }

    var progress: BranchProgress {
        let (failure, hasNext, hasEnded) = state.withLock {
            ($0.failure, $0.hasNext && !$0.isFinal, $0.phase == .ended)
        }
        let state: BranchProgress.State =
            failure != nil ? hasNext ? .retrying : .failed : hasEnded ? .completed : .running
        // Sound beside pictures is not counted with them.
        let counted = inlets.filter { !$0.followsPictures }
        return BranchProgress(
            name: name, state: state, reason: failure,
            frames: counted.reduce(0) { $0 + $1.counts.frames },
            dropped: counted.reduce(segment.outlets.isEmpty ? segment.decoding.refusals : 0) { $0 + $1.dropped })
    }
}

extension ElementFailure {
    fileprivate static let notMadeInTime = ElementFailure(
        domain: .core, code: 0, message: "it could not be made anew in time", element: "", factory: "")
}
