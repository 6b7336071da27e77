internal import Dispatch
internal import Synchronization
internal import WorkerLink

/// A part of a plan with sources in it, from one attempt to the next: stages, taps, branches and counts behind it go on.
///
/// Confined to the control queue but for `progress`.
final class SourceSegment: @unchecked Sendable {  // what others than the control queue read is in `shown`
    /// Among the plan's.
    let index: Int
    private let recipe: SegmentRecipe?
    /// What the plan says, seconds.
    private let allowedSilence: Double?
    private let shown: Mutex<Shown>
    private(set) var condition: SourceCondition
    private(set) var attempt: SourceAttempt
    /// What the first attempt was found to be.
    private var wasLive = false {
        didSet { note() }
    }
    /// The attempt has failed, and it is being found out why.
    var isFailing = false
    private var isConfigured = false

    private struct Shown {
        var segment: BuiltSegment
        /// That it belongs to.
        var attempt: SourceCondition.Attempt = 0
        var trouble: SourceTrouble?
        var isLive = false
        var hasEnded = false
    }

    init(_ segment: BuiltSegment, index: Int, allowedSilence: Double? = nil) {
        self.index = index
        self.allowedSilence = allowedSilence
        recipe = segment.recipe
        attempt = SourceAttempt(0, segment)
        condition = SourceCondition(at: MonotonicClock.now())
        shown = Mutex(Shown(segment: segment))
    }

    /// The newest.
    var segment: BuiltSegment { shown.withLock { $0.segment } }
    /// For people.
    var name: String { segment.sourceIDs.joined(separator: ", ") }
    /// Some of its pictures come as they are captured. What could not be opened at first does not say until it is.
    var isLive: Bool { attempt.playsLive ?? wasLive }
    /// Its attempt is there, and is not about to end.
    var isUp: Bool { condition.isUp && !isFailing }

    // MARK: Starting

    /// Takes in what its sources are; to be asked when it is open, and again when more of the way is there.
    ///
    /// - Parameters:
    ///   - isLive: what the plan says; nil: they are asked.
    ///   - baseTime: CLOCK_MONOTONIC at running time zero, nanoseconds.
    func configure(isLive plan: Bool?, baseTime: Int64) {
        let live = segment.liveSources
        wasLive = plan ?? (wasLive || attempt.isLive)
        segment.configureSources(isLive: plan, live: live)
        for cut in segment.cuts { cut.configure(isLive: isLive) }
        for outlet in segment.outlets {
            outlet.configure(isLive: plan ?? !live.isDisjoint(with: outlet.sources), baseTime: baseTime)
        }
    }

    /// Once.
    func play(isLive plan: Bool?, baseTime: Int64) {
        guard !isConfigured, attempt.isOpen else { return }
        isConfigured = true
        configure(isLive: plan, baseTime: baseTime)
        condition.play(at: MonotonicClock.now())
        attempt.play(isLive: isLive, baseTime: baseTime)
    }

    // MARK: What becomes of it

    func handle(_ event: SourceCondition.Event) -> [SourceCondition.Action] {
        let actions = condition.handle(event, at: MonotonicClock.now())
        note()
        return actions
    }

    private func note() {
        let (trouble, isLive, hasEnded) = (condition.trouble, isLive, condition.isCompleted)
        shown.withLock { ($0.trouble, $0.isLive, $0.hasEnded) = (trouble, isLive, hasEnded) }
    }

    /// A film has been played, or what it wrote is finished; or as many pictures of a camera have come as the plan wants.
    func complete() {
        _ = handle(.completed)
        for outlet in segment.outlets { outlet.counts.end() }
        guard isLive else { return }
        // Else a camera's end is nobody's.
        for tree in segment.trees { tree.end() }
        for cut in segment.cuts { cut.finish() }
    }

    /// What has ended is over, and does not begin anew: a film, or what the plan wants no more of.
    var isOver: Bool { !isLive || segment.hasPlannedEnd && segment.hasGivenFrames }

    /// Seconds. A muxer's pieces come far apart, and a camera that is only recorded may be slow: silent for a minute is silent.
    private static let recordedInterval = 12.0

    /// How the attempt goes; nothing has come of one whose pipeline is not there yet.
    var report: [SourceProgress] {
        let (segment, isCurrent) = shown.withLock { ($0.segment, $0.attempt == condition.attempt) }
        if let arrival = segment.arrival {
            return [unseen(segment, arrival, isCurrent: isCurrent, isLive: isLive)]
        }
        return segment.telling.map { outlet in
            var progress = outlet.progress
            progress.frames = isCurrent ? outlet.frames : 0
            progress.awaitsWholePicture = isCurrent && progress.awaitsWholePicture
            progress.rhythm.allowed = allowedSilence
            if !isCurrent { (progress.rhythm.lastSign, progress.rhythm.isAsked) = (nil, false) }
            return progress
        }
    }

    /// Nothing of it comes to Swift from its own pipeline. Only recorded: the first that is written shows that it runs, and the
    /// elements themselves when it does not. What goes on together with others' has its own pace.
    private func unseen(_ segment: BuiltSegment, _ arrival: ArrivalProbe?, isCurrent: Bool, isLive: Bool)
        -> SourceProgress
    {
        let known = isCurrent ? arrival?.known ?? ArrivalMeter() : ArrivalMeter()
        var progress = SourceProgress(
            node: segment.sourceIDs.first ?? "", frames: known.last == nil ? 0 : 1, lastFrame: known.last,
            isLive: isLive, interval: Self.recordedInterval, sources: segment.sourceIDs,
            decodeErrors: segment.decoding.errors(beside: 0),
            rhythm: SourceRhythm(lastSign: isCurrent ? segment.lastSign : nil, allowed: allowedSilence))
        guard arrival?.isPaced == true else { return progress }
        progress.frames = known.count
        progress.interval = known.medianInterval
        progress.fps = known.rate(at: MonotonicClock.now())
        (progress.rhythm.known, progress.rhythm.longest) = (known.known, known.longestInterval)
        progress.awaitsWholePicture = isCurrent && known.last == nil && segment.decoding.awaitsWholePicture
        return progress
    }

    /// The next attempt, by the same recipe.
    func begin(isLive plan: Bool?, baseTime: Int64, events: @escaping SourceAttempt.Events) {
        guard let recipe else { return }
        let next = SourceAttempt(condition.attempt, nil)
        attempt = next
        isFailing = false
        let before = segment
        next.begin(
            recipe, after: before, isLive: plan, baseTime: baseTime, events: events,
            built: { [weak self] segment in self?.adopt(segment, of: next.number) ?? false })
    }

    /// Any thread. One that took so long that another was begun comes too late.
    private func adopt(_ segment: BuiltSegment, of number: SourceCondition.Attempt) -> Bool {
        shown.withLock { shown in
            guard shown.attempt < number else { return false }
            (shown.segment, shown.attempt) = (segment, number)
            return true
        }
    }

    /// Any thread.
    var keepAlive: [String: KeepAlive] { segment.sessions?.keepAlive ?? [:] }

    /// Any thread.
    var progress: [SourceProgress] {
        let (segment, attempt, trouble, isLive, hasEnded) = shown.withLock {
            ($0.segment, $0.attempt, $0.trouble, $0.isLive, $0.hasEnded)
        }
        var all = segment.telling.map(\.progress)
        if all.isEmpty, segment.arrival != nil || trouble != nil {
            all = [unseen(segment, segment.arrival, isCurrent: true, isLive: isLive)]
            all[0].hasEnded = hasEnded
        }
        for place in all.indices {
            all[place].part = index
            all[place].rhythm.allowed = allowedSilence
            all[place].trouble = trouble
            all[place].rebuilds = UInt64(attempt)
        }
        return all
    }
}
