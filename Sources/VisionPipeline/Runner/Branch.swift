internal import Dispatch
internal import Synchronization
internal import WorkerLink

/// A run's GStreamer elements behind a stage: apart from everything else, so that what fails or hangs in them holds
/// nobody.
final class Branch: @unchecked Sendable {  // the segment's pipeline is driven on `queue` only; `state` is locked
    let name: String
    private let segment: BuiltSegment
    /// State changes of its own: connecting to a server that does not answer takes minutes.
    private let queue = DispatchQueue(label: "streamtap.branch")
    private let state = Mutex(State())

    private struct State {
        var failure: String?
        var hasEnded = false
    }

    init(_ segment: BuiltSegment, name: String) {
        self.segment = segment
        self.name = name
    }

    /// Makes it ready to take frames; it plays from the first one on. Returns at once.
    ///
    /// - Parameters:
    ///   - group: left when it is ready, or cannot be.
    ///   - failed: called when it cannot be, after the elements' own errors.
    func prepare(
        in group: DispatchGroup, events: @escaping @Sendable (PipelineEvent) -> Void,
        failed: @escaping @Sendable () -> Void
    ) {
        let isLive = segment.inlets.contains { $0.isLive }
        for edge in segment.edges { edge.settleInBranch(isLive: isLive) }
        segment.settleBranches(isLive: isLive)
        segment.start.whenBegun { [weak self] in self?.play() }
        group.enter()
        queue.async { [self] in
            segment.pipeline?.useSystemClock()
            segment.pipeline?.receiveEvents(events)
            let change = segment.pipeline?.set(.paused)
            group.leave()
            if change == .failed { failed() }
        }
    }

    /// Its first frame has come: that is its time zero.
    private func play() {
        let now = MonotonicClock.now()
        queue.async { [self] in
            segment.pipeline?.setBaseTime(now)
            _ = segment.pipeline?.set(.playing)
        }
    }

    func gatherLatency() {
        queue.async { [self] in segment.pipeline?.gatherLatency() }
    }

    /// Every sink has finished.
    func ended() {
        state.withLock { $0.hasEnded = true }
        endOutlets()
    }

    /// - Returns: false when it had failed before, or was done.
    @discardableResult
    func fail(_ reason: String) -> Bool {
        let isFirst = state.withLock { state in
            guard state.failure == nil, !state.hasEnded else { return false }
            state.failure = reason
            return true
        }
        guard isFirst else { return false }
        // Whoever waits to put a frame in waits no longer; what comes behind finishes what it has.
        for inlet in segment.inlets { inlet.end() }
        endOutlets()
        queue.async { [self] in segment.stop() }
        return true
    }

    private func endOutlets() {
        for edge in segment.edges {
            edge.counts.end()
            edge.endInlets()
        }
    }

    /// It runs, frames have come, and its sinks have something to finish.
    var isUnfinished: Bool {
        state.withLock { $0.failure == nil && !$0.hasEnded } && segment.start.hasBegun
    }

    /// It is known whether what comes to it is live.
    var isSettled: Bool { segment.inlets.allSatisfy(\.isSettled) }

    func nodeID(ofElement name: String) -> String? { segment.nodeID(ofElement: name) }

    /// - Parameter group: left when its threads are gone, which an unreachable server can hold for long.
    func stop(in group: DispatchGroup) {
        for inlet in segment.inlets { inlet.end() }
        group.enter()
        queue.async { [self] in
            segment.stop()
            group.leave()
        }
    }

    var progress: BranchProgress {
        let failure = state.withLock { $0.failure }
        return BranchProgress(
            name: name, state: failure == nil ? "running" : "failed", reason: failure,
            frames: segment.inlets.reduce(0) { $0 + $1.counts.frames },
            dropped: segment.inlets.reduce(0) { $0 + $1.dropped })
    }
}
