internal import CGStreamer
internal import Dispatch
internal import Synchronization

/// One way into a branch: an appsrc, for what a stage makes or what was cut off from a segment with sources. A branch that
/// is made anew brings another appsrc.
///
/// Buffers come from one thread at a time; everything else may be called from any.
final class BranchInlet: Sendable {
    private let state = Mutex(State())
    /// Whether grey pictures are taken as they are. Else they are given as I420: converted by GStreamer they become 4:4:4,
    /// which no browser and few players show.
    private let gray = Atomic<Bool>(true)
    private let turns = Atomic<UInt64>(0)
    private let isOpenAgain = DispatchSemaphore(value: 0)
    let counts = InletCounts()
    /// It carries sound, beside pictures that another inlet carries: the branch begins with those.
    let followsPictures: Bool
    /// The branch has no other inlet.
    private let isAlone: Bool
    /// New caps are more than the branch can go on with: a file has one size and one coding.
    let isBoundToCaps: Bool
    /// It brings one of several sources' pictures, which have delays of their own: the branch is told of this one's.
    private let declaresDelay: Bool
    /// Told where buffers come, and so not to wait for anything: the branch has to be made anew for what comes now.
    private let onChange = Mutex<(@Sendable () -> Void)?>(nil)

    private struct State {
        /// The appsrc that takes buffers at the moment, and what it has had.
        var attempt: InletAttempt?
        var way = Way.closed
        var isLive = false
        var isConfigured = false
        /// Whose appsrc it is, among attempts at a segment that is fed by others and has sources of its own.
        var number: UInt64 = 0
        /// No more buffers will come, whatever becomes of the branch.
        var hasEnded = false

        /// What this appsrc does not take any more is for the next one, which may be there by now.
        func goesOn(without source: AppSource) -> Bool {
            guard !hasEnded else { return false }
            return switch way {
            case .closed: false
            case .held: true
            case .open: attempt.map { $0.source !== source } ?? false
            }
        }
    }

    private enum Way {
        /// The branch is not there: buffers are lost.
        case closed
        case open
        /// The branch is being made anew: live buffers wait here, others with their thread.
        case held
    }

    private let backlog = Mutex(InletBacklog())

    init(followsPictures: Bool = false, isAlone: Bool = true, isBoundToCaps: Bool = false, declaresDelay: Bool = false)
    {
        self.followsPictures = followsPictures
        self.isAlone = isAlone
        self.isBoundToCaps = isBoundToCaps
        self.declaresDelay = declaresDelay
    }

    func whenCapsChange(_ tell: @escaping @Sendable () -> Void) { onChange.withLock { $0 = tell } }

    var isLive: Bool { state.withLock { $0.isLive } }
    /// It is known whether what comes is live.
    var isConfigured: Bool { state.withLock { $0.isConfigured } }
    /// Buffers would reach the branch, or wait for it.
    var takesBuffers: Bool { state.withLock { $0.way != .closed && !$0.hasEnded } }

    // MARK: The branch's side

    /// - Parameters:
    ///   - element: an appsrc; it takes the place of the one before.
    ///   - metadata: where a stage further on finds again what is known of a frame.
    ///   - isOpen: buffers may come at once; else what comes is lost, or waits, until `open`.
    ///   - number: of the attempt that it belongs to; one that comes later than its follower changes nothing.
    func attach(
        _ element: UnsafeMutablePointer<GstElement>, start: BranchStart, metadata: FrameMetadataQueue?,
        isOpen: Bool = true, number: UInt64 = 0
    ) {
        element.set("format", enumeration: 3)  // time
        element.set("max-bytes", UInt64(0))
        element.set("max-buffers", UInt64(0))
        InletProbe.install(on: element, counting: counts)
        let source = AppSource(element)
        state.withLock { state in
            guard number >= state.number else { return }
            state.number = number
            state.attempt = InletAttempt(
                source, start: start, metadata: metadata, followsPictures: followsPictures, isAlone: isAlone,
                isFirst: state.attempt == nil, isBoundToCaps: isBoundToCaps,
                delay: declaresDelay ? InletDelay() : nil)
            if isOpen { state.way = .open }
        }
    }

    /// Before the branch leaves NULL. A live branch loses what it is too slow for; another makes its source wait.
    func configure(isLive: Bool) {
        let source = state.withLock { state -> AppSource? in
            // It has begun: the source was made anew, not the branch.
            if state.isConfigured, state.isLive == isLive, state.attempt?.caps != nil { return nil }
            (state.isLive, state.isConfigured) = (isLive, true)
            return state.attempt?.source
        }
        source?.element.set("is-live", isLive)
        source?.element.set("block", !isLive)
        source.map { InletCapacity.arrange($0, isLive: isLive) }
    }

    /// The appsrc takes buffers now; first those that wait.
    func open() {
        let change = state.withLock { state in
            state.way = .open
            let waiting = backlog.withLock { $0.take() }
            state.attempt?.backlog = UInt64(waiting.count)
            for buffer in waiting {
                if state.way == .open {
                    put(buffer, &state)
                } else if !backlog.withLock({ $0.append(buffer) }) {
                    // Behind what changed a second time it waits once more.
                    lose(buffer)
                }
            }
            if state.hasEnded, state.way == .open { state.attempt?.source.endOfStream() }
            return state.way == .held
        }
        isOpenAgain.signal()
        if change { tellOfChange() }
    }

    /// What is on its way is the last for this appsrc; what comes from now on is for the next one.
    func hold() {
        state.withLock { state in
            guard state.way == .open else { return }
            state.way = .held
            state.attempt?.source.endOfStream()
        }
    }

    /// This attempt is over, and no other has taken its place. Also lets go of whoever waits in `offer`.
    func close() {
        state.withLock { state in
            state.way = .closed
            state.attempt?.source.endOfStream()
        }
        for buffer in backlog.withLock({ $0.take() }) { lose(buffer) }
        isOpenAgain.signal()
    }

    /// What the branch takes here, new; nil where it is not known.
    var acceptedCaps: UnsafeMutablePointer<GstCaps>? {
        state.withLock { $0.attempt?.source }?.element.pad(named: "src").flatMap {
            gst_pad_peer_query_caps($0.pointer, nil)
        }
    }

    var takesGray: Bool {
        get { gray.load(ordering: .relaxed) }
        set { gray.store(newValue, ordering: .relaxed) }
    }

    // MARK: The source's side

    /// Whose buffers are taken.
    var turn: UInt64 { turns.load(ordering: .acquiring) }

    /// For the attempt that feeds it from now on, in the place of whatever did, unless that is a later one.
    func takeTurn(_ attempt: UInt64) {
        state.withLock { state in
            guard attempt > turn else { return }
            state.attempt?.tear()
            turns.store(attempt, ordering: .releasing)
        }
    }

    /// Takes the buffer, or loses it where the branch is not there; waits for room where it is not live.
    func offer(_ buffer: InletBuffer) {
        while true {
            enum Outcome { case done, changed, wait, push(AppSource) }
            let outcome: Outcome = state.withLock { state in
                guard !state.hasEnded else {
                    buffer.drop()
                    return .done
                }
                switch state.way {
                case .closed:
                    lose(buffer)
                    return .done
                case .held where state.isLive:
                    if !backlog.withLock({ $0.append(buffer) }) { lose(buffer) }
                    return .done
                case .held:
                    return .wait
                case .open where state.isLive:
                    put(buffer, &state)
                    return state.way == .held ? .changed : .done
                case .open:
                    if isChange(buffer, &state) {
                        state.way = .held
                        state.attempt?.source.endOfStream()
                        return .changed
                    }
                    return prepare(buffer, &state).map { .push($0) } ?? .done
                }
            }
            switch outcome {
            case .done:
                return
            case .changed:
                tellOfChange()
                if isLive { return }
            case .wait:
                isOpenAgain.wait()
            case .push(let source):
                if isAlone { return push(buffer, to: source) }
                // Another inlet may have its change meanwhile: what had no room by then waits for the next appsrc.
                gst_buffer_ref(buffer.buffer)
                let flow = gst_app_src_push_buffer(source.pointer, buffer.buffer)
                if flow == GST_FLOW_EOS, state.withLock({ $0.goesOn(without: source) }) { continue }
                buffer.drop()
                counts.offer()
                if flow != GST_FLOW_OK { counts.refuse() }
                return
            }
        }
    }

    /// No more buffers: the branch finishes what it has. Any number of times.
    func endOfStream() {
        state.withLock { state in
            state.hasEnded = true
            if state.way == .open { state.attempt?.source.endOfStream() }
        }
        isOpenAgain.signal()
    }

    /// Something came that was not even made a buffer of, since `takesBuffers` said no.
    func miss() {
        guard state.withLock({ !$0.hasEnded }) else { return }
        counts.offer()
        counts.refuse()
    }

    /// Buffers lost because the branch was too slow, or not there.
    var dropped: UInt64 {
        let source = state.withLock { $0.attempt?.source }
        return counts.lost(waiting: source?.element.unsignedLong("current-level-buffers") ?? 0)
    }

    // MARK: In the lock

    private func isChange(_ buffer: InletBuffer, _ state: inout State) -> Bool {
        isBoundToCaps && state.attempt?.goesOn(with: buffer.caps) == false
    }

    /// Pushes what is live: that never waits.
    private func put(_ buffer: InletBuffer, _ state: inout State) {
        if isChange(buffer, &state) {
            state.way = .held
            state.attempt?.source.endOfStream()
            if !backlog.withLock({ $0.append(buffer) }) { lose(buffer) }
        } else if state.attempt?.isFull(for: buffer.caps.media) ?? true {
            state.attempt?.tear()
            lose(buffer)
        } else if let source = prepare(buffer, &state) {
            push(buffer, to: source)
        }
    }

    /// - Returns: what takes the buffer now; nil where it was lost.
    private func prepare(_ buffer: InletBuffer, _ state: inout State) -> AppSource? {
        switch state.attempt?.prepare(buffer, isLive: state.isLive) {
        case .ready:
            return state.attempt?.source
        case .early:
            buffer.drop()
        case .useless, nil:
            lose(buffer)
        }
        return nil
    }

    private func push(_ buffer: InletBuffer, to source: AppSource) {
        counts.offer()
        // Takes the buffer, whatever it answers; a branch that cannot take it is told of by its own bus.
        if gst_app_src_push_buffer(source.pointer, buffer.buffer) != GST_FLOW_OK { counts.refuse() }
    }

    private func lose(_ buffer: InletBuffer) {
        counts.offer()
        counts.refuse()
        buffer.drop()
    }

    private func tellOfChange() { onChange.withLock(\.self)?() }
}
