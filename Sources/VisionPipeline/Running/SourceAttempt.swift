internal import Dispatch
internal import Plans
internal import Synchronization
internal import WorkerLink

/// One attempt at a segment with sources: its pipeline, driven on a queue of its own, since each change of its state may hang.
///
/// What is asked for returns at once; what comes of it is told by closures, on that queue or on a thread of GStreamer's.
final class SourceAttempt: @unchecked Sendable {
    // The pipeline is touched on `queue`, and asked by the control queue while nothing is on that.

    typealias Events = @Sendable (PipelineEvent, SourceAttempt) -> Void

    let number: SourceCondition.Attempt
    private let queue = DispatchQueue(label: "streamtap.source")
    private let state: Mutex<State>
    /// Another one takes its place, or the run is over: what it still does is undone.
    private let isOver = Atomic<Bool>(false)
    private let hasFailed = Atomic<Bool>(false)
    private let hasBeenEnded = Atomic<Bool>(false)

    private struct State {
        var segment: BuiltSegment?
        /// What PAUSED gave; nil until it is known.
        var opening: PipelineHandle.Transition?
        var playsLive: Bool?
    }

    /// - Parameter segment: nil where it is made first.
    init(_ number: SourceCondition.Attempt, _ segment: BuiltSegment?) {
        self.number = number
        state = Mutex(State(segment: segment))
    }

    var segment: BuiltSegment? { state.withLock { $0.segment } }
    /// It is in PAUSED, or cannot be: it may be asked what it is.
    var isOpen: Bool { state.withLock { $0.opening != nil } }

    /// Whether it gives pictures as they are captured. To be asked when it is open. Its sources say so, and not its pipeline: an
    /// element that paces a film (`identity sync=true`, `clocksync`) has nothing before PLAYING either.
    var isLive: Bool { segment.map { !$0.liveSources.isEmpty } == true }

    /// Its first frames come before PLAYING.
    var prerolls: Bool { !isLive && state.withLock { $0.opening } != .live }

    /// As what it is played; nil before, and of the first one, which is told.
    var playsLive: Bool? { state.withLock { $0.playsLive } }

    // MARK: The first

    /// - Parameter opened: when it is in PAUSED, or cannot be.
    func open(events: @escaping Events, opened: @escaping @Sendable (SourceAttempt) -> Void) {
        queue.async { [self] in
            prepare(events)
            opened(self)
        }
    }

    /// On `queue`.
    private func prepare(_ events: @escaping Events) {
        guard let segment else { return }
        segment.pipeline?.useSystemClock()
        segment.receiveEvents { [weak self] event in
            guard let self else { return }
            // Before the end of the stream, which an element that fails sends as well.
            if case .failed = event {
                self.hasFailed.store(true, ordering: .releasing)
                self.segment?.attemptFailed()
            }
            events(event, self)
        }
        let change = segment.pipeline?.set(.paused) ?? .failed
        state.withLock { $0.opening = change }
        if change == .failed { events(.failed(.unexplained), self) }
    }

    /// - Parameter baseTime: CLOCK_MONOTONIC at running time zero, nanoseconds.
    func play(isLive: Bool, baseTime: Int64) {
        queue.async { [self] in start(isLive: isLive, baseTime: baseTime) }
    }

    private func start(isLive: Bool, baseTime: Int64) {
        guard !isOver.load(ordering: .acquiring), let segment else { return }
        segment.configureBranches(isLive: isLive)
        segment.pipeline?.setBaseTime(baseTime)
        _ = segment.pipeline?.set(.playing)
    }

    // MARK: One that follows

    /// Makes the segment anew and plays it.
    ///
    /// - Parameters:
    ///   - isLive: what the plan says; nil: its sources are asked.
    ///   - baseTime: of the run, which live pictures go on by; a film begins now.
    ///   - built: the segment is there; false when nobody wants it any more.
    func begin(
        _ recipe: SegmentRecipe, after predecessor: BuiltSegment, isLive: Bool?, baseTime: Int64,
        events: @escaping Events, built: @escaping @Sendable (BuiltSegment) -> Bool
    ) {
        queue.async { [self] in
            let onPreroll = DispatchSemaphore(value: 0)
            guard !isOver.load(ordering: .acquiring) else { return }
            guard let segment = recipe.build(after: predecessor, attempt: UInt64(number), onPreroll: onPreroll)
            else {
                return events(.failed(.unexplained), self)
            }
            state.withLock { $0.segment = segment }
            guard built(segment) else { return }
            segment.expectSuccessor()
            for inlet in segment.inlets { inlet.configure(isLive: inlet.isLive) }
            prepare(events)
            if !(isLive ?? self.isLive), prerolls { waitForFirstFrames(of: segment, onPreroll) }
            // What is read over HTTP says only by its answer that it is live.
            segment.configureSources(isLive: isLive, live: segment.liveSources)
            let isLive = isLive ?? self.isLive
            state.withLock { $0.playsLive = isLive }
            let zero = isLive ? baseTime : MonotonicClock.now()
            segment.configure(isLive: isLive, baseTime: zero)
            start(isLive: isLive, baseTime: zero)
            for inlet in segment.inlets { inlet.open() }
        }
    }

    private func waitForFirstFrames(of segment: BuiltSegment, _ onPreroll: DispatchSemaphore) {
        let start = DispatchTime.now()
        while !isOver.load(ordering: .acquiring), !hasFailed.load(ordering: .acquiring) {
            let isAsking = segment.awaitsAnswer
            guard isAsking || !segment.isReady, DispatchTime.now() < start + (isAsking ? 8 : 2) else { return }
            _ = onPreroll.wait(timeout: .now() + .milliseconds(100))
        }
    }

    // MARK: In between and afterwards

    func gatherLatency() {
        queue.async { [self] in segment?.pipeline?.gatherLatency() }
    }

    func sendEndOfStream() {
        queue.async { [self] in segment?.pipeline?.sendEndOfStream() }
    }

    /// Nothing more comes, and nobody says so: whoever waits for it is told of the end.
    ///
    /// - Returns: false where that was done before.
    func endSilently() -> Bool {
        guard !hasBeenEnded.exchange(true, ordering: .acquiringAndReleasing) else { return false }
        queue.async { [self] in segment?.sendEnds() }
        return true
    }

    /// The time for what is still on its way to its files has run out.
    func endMuxers() {
        queue.async { [self] in segment?.pipeline?.endMuxers() }
    }

    /// Finds out what a failure means, which may take a moment.
    func explain(_ failure: ElementFailure, _ graph: PlanGraph, then told: @escaping @Sendable (PlanEnding) -> Void) {
        queue.async { [self] in
            let hadFrames = segment?.outlets.contains { $0.frames > 0 } ?? false
            // What stands behind a source may be the first to say that nothing came.
            let id = segment?.nodeID(ofElement: failure.element)
            let own = id.flatMap { graph.location(ofNode: $0) }.map { [$0] }
            let locations = own ?? (segment?.sourceIDs ?? []).compactMap { graph.location(ofNode: $0) }
            var ending = PlanEnding(
                failure, at: locations, hadFrames: hadFrames, unknownWays: segment?.sessions?.unknownWays ?? [])
            let sources = segment?.sourceIDs ?? []
            let source =
                id.flatMap { graph.devices[$0] == nil ? nil : $0 } ?? (sources.count == 1 ? sources.first : nil)
            if let device = source.flatMap({ graph.devices[$0] }) {
                let known = ending.ofDevice(device, hadFrames: hadFrames)
                if known != ending { return told(known) }
            }
            if failure.lacksTimes, !isLive {
                // The file is as it should be; it is a stream of pictures that says of none when it is to be shown.
                return told(
                    PlanEnding(.planInvalid, "\(id ?? failure.element): \(ElementFailure.wordsForMissingTimes)"))
            }
            if failure.domain == .stream, !hadFrames,
                ending.reason == .unsupportedFormat || ending.reason == .cameraError,
                let path = segment?.pipeline?.onlyFile
            {
                // It will be the same the next time.
                return told(PlanEnding(.fileUnreadable, "\(path): \(ending.message)"))
            }
            if failure.isRedirect {
                ending.message =
                    "the camera redirects elsewhere, where nobody goes with an address that came over the API"
            }
            if ending.reason == .unauthorized, HTTPCredentials.wereKept || segment?.sessions?.hasKeptPassword == true {
                ending.message += "; the camera sent its clients to another host, which is not told the password"
            }
            if ending.reason == .unsupportedFormat, segment?.sessions?.isTransportRefused == true {
                ending.message =
                    "the camera does not send in the way that it is asked to; over UDP it may: write protocols=udp"
            }
            if ending.reason == .unsupportedFormat, let unclaimed = segment?.unclaimed, !unclaimed.isEmpty {
                ending.message +=
                    "; nothing in the plan takes what the source gives: \(unclaimed.joined(separator: ", "))"
            }
            told(ending)
        }
    }

    /// - Parameter isLast: no other attempt follows.
    func stop(isLast: Bool, then done: @escaping @Sendable () -> Void) {
        isOver.store(true, ordering: .releasing)
        if isLast, let segment { for tree in segment.trees { tree.interrupt() } }
        queue.async { [self] in
            if hasFailed.load(ordering: .acquiring), let segment, segment.hasGivenFrames { segment.finishFiles() }
            segment?.stop(keepingTrees: !isLast)
            done()
        }
    }
}

extension ElementFailure {
    /// Most elements have said why by now, and that is heard first; some never do.
    fileprivate static let unexplained = ElementFailure(
        domain: .core, code: 0, message: "an element cannot be started, and does not say why", element: "", factory: "")
}

extension PlanEnding {
    /// - Parameters:
    ///   - locations: of the sources that it may be about.
    ///   - unknownWays: in which a camera takes passwords, where none is known.
    fileprivate init(_ failure: ElementFailure, at locations: [String], hadFrames: Bool, unknownWays: [String]) {
        self.init(failure.reason(hadFrames: hadFrames), failure.words)
        // What a source says of a connection that did not come about: little, or only that there is no stream.
        if reason == .unauthorized, !hadFrames {
            guard !unknownWays.isEmpty else { return }
            (reason, message) = (.authenticationUnsupported, Redaction.masked(RTSPChallenge.words(unknownWays)))
            return
        }
        // What it has waited for once need not be waited for again.
        guard !failure.words.contains("Timeout") else { return }
        let isVague = [.unreachable, .cameraError, .unsupportedFormat].contains(reason) && !failure.isAnswer
        guard isVague, !hadFrames else { return }
        for location in locations {
            guard let finding = ConnectionProbe.probe(location) else { continue }
            reason = finding.reason
            message += ": \(Redaction.masked(finding.words))"
            return
        }
    }
}

extension PlanGraph {
    /// The address that a source was given.
    fileprivate func location(ofNode id: String) -> String? {
        nodes.first { $0.id == id }?.properties.first { $0.property == "location" || $0.property == "uri" }?.value.text
    }
}
