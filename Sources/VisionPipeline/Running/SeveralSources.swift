internal import Dispatch
internal import WorkerLink

/// The sources of a plan that has several: one that fails is tried again alone, and the others go on. Confined to the control
/// queue.
final class SeveralSources: @unchecked Sendable {  // touched on the control queue only
    private let sources: [SourceSegment]
    private let queue: DispatchQueue
    private let begin: @Sendable (SourceSegment) -> Void
    private let giveUp: @Sendable (PlanEnding, SourceSegment) -> Void
    private let timer: any DispatchSourceTimer

    /// Begins to look after them.
    ///
    /// - Parameters:
    ///   - begin: makes the next attempt at one.
    ///   - giveUp: only a new process helps.
    init(
        _ sources: [SourceSegment], queue: DispatchQueue, begin: @escaping @Sendable (SourceSegment) -> Void,
        giveUp: @escaping @Sendable (PlanEnding, SourceSegment) -> Void
    ) {
        self.sources = sources
        self.queue = queue
        self.begin = begin
        self.giveUp = giveUp
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now(), repeating: .milliseconds(250), leeway: .milliseconds(20))
        timer.setEventHandler { [weak self] in self?.look() }
        timer.resume()
    }

    deinit { timer.cancel() }

    func cancel() { timer.cancel() }

    func failed(_ source: SourceSegment, _ ending: PlanEnding) {
        act(source.handle(.failed(ending.reason, ending.message)), on: source)
    }

    /// What they wait for may be there.
    func hint() {
        for source in sources { act(source.handle(.hint), on: source) }
    }

    private func look() {
        for source in sources {
            act(source.handle(.report(source.report)), on: source)
            // It never will end, or nobody else would miss anything.
            let isStuck =
                source.condition.isStuck(at: MonotonicClock.now())
                || !source.condition.left.isEmpty && !sources.contains(where: \.condition.isUp)
            if isStuck, let trouble = source.condition.trouble {
                giveUp(PlanEnding(trouble.reason, "\(trouble.message); and its pipeline does not end"), source)
            }
        }
    }

    private func act(_ actions: [SourceCondition.Action], on source: SourceSegment) {
        for action in actions {
            switch action {
            case .stop: stop(source)
            case .leave: Log.write("source \(source.name) does not end; it is built anew beside")
            case .build: begin(source)
            case .tellRecovery: Log.write("source \(source.name) runs again")
            }
        }
    }

    private func stop(_ source: SourceSegment) {
        if let trouble = source.condition.trouble {
            Log.write("source \(source.name) failed (\(trouble.reason.rawValue)): \(trouble.message)")
        }
        let attempt = source.attempt
        attempt.stop(isLast: false) { [weak self, weak source, queue] in
            queue.async { [weak self, weak source] in
                if let self, let source { act(source.handle(.stopped(attempt.number)), on: source) }
            }
        }
    }
}
