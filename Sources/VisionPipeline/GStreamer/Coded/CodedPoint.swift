internal import Dispatch
internal import Synchronization
internal import WorkerLink

/// A point of a plan with coded video: it keeps what the newest picture needs, and decodes while somebody wants pictures.
///
/// Whoever comes gets the newest picture, not the next keyframe: the units since the last one are decoded at once, as fast as that
/// goes, and of their pictures only the newest is shown; one before it, where that would take longer than people notice.
final class CodedPoint: UnitReceiver, PictureMaker, @unchecked Sendable {
    // What changes is in `state`; decoders are made and stopped on `queue`.

    /// One of its access units for one of its taps, by that one's place in the plan, and the unit's number.
    typealias Deliver = @Sendable (_ unit: AccessUnit, _ tap: Int, _ number: UInt64) -> Void

    /// As the plan has it; a camera that comes back with another is decoded as that.
    let coding: VideoCoding
    /// Its taps' places in the plan, by their ids.
    let taps: [String: Int]
    private let receiver: any FrameReceiver
    private let deliver: Deliver
    private let limit: PictureLimit
    private let decoding: DecodeCounts
    private let metadata: FrameMetadataQueue?
    private let keepsPlaces: Bool
    private let queue = DispatchQueue(label: "streamtap.decoder")
    private let state = Mutex(State())

    private struct State {
        var ring = UnitLog<AccessUnit>()
        var clock = FrameClock()
        var decoder: UnitDecoder?
        var isOpening = false
        var isStopped = false
        /// When it was last seen that somebody wants pictures.
        var wanted: Int64 = 0
        /// A decoder has failed: no other is made before.
        var pause: Int64 = 0
        /// Pictures that are older than the newest one when the decoder was opened, and only lead to it.
        var leading = 0
        /// The decoder was opened without a keyframe, and nothing has come of it yet: what goes there is no frame of the taps.
        var isBlind = false
        /// When the decoder was opened.
        var opened: Int64 = 0
        /// Of leading pictures that take long one is shown.
        var hasShownLeading = false
        /// The newest that was not shown.
        var held: Frame?
        var frames: UInt64 = 0
        /// Units so far, and how the last was coded.
        var units: UInt64 = 0
        var newest: VideoCoding?
        /// Places of taps whose viewers take the video as it is.
        var streams: Set<Int> = []
        /// What whoever takes the video is told of its order: pictures are shown as they come.
        var isInOrder = false
        /// Of the stream's pictures.
        var orientation = Orientation.upright
        /// The last picture has been made, and nothing has come since.
        var isFinished = false
    }

    /// How long it goes on decoding for nobody, nanoseconds: who turns from one picture to another may turn back.
    private static let patience: Int64 = 10_000_000_000
    /// Longer than this nobody waits for a first picture without noticing, nanoseconds.
    private static let notice: Int64 = 100_000_000
    /// Before another decoder is tried where one has failed, nanoseconds.
    private static let pause: Int64 = 2_000_000_000

    /// - Parameters:
    ///   - taps: places of its taps in the plan, by their ids.
    ///   - receiver: takes the frames.
    ///   - metadata: behind a stage: what is known of the frames whose pictures are decoded here.
    ///   - keepsPlaces: see `FrameReader`.
    ///   - deliver: takes units for whoever wants the video itself; must not block.
    init(
        _ coding: VideoCoding, taps: [String: Int] = [:], receiver: any FrameReceiver, limit: PictureLimit,
        counting decoding: DecodeCounts,
        metadata: FrameMetadataQueue?, keepsPlaces: Bool, deliver: @escaping Deliver = { _, _, _ in }
    ) {
        self.coding = coding
        self.taps = taps
        self.receiver = receiver
        self.deliver = deliver
        self.limit = limit
        self.decoding = decoding
        self.metadata = metadata
        self.keepsPlaces = keepsPlaces
    }

    // MARK: The source's side

    func begin(with clock: FrameClock) {
        let old = state.withLock { state in
            state.clock = clock
            return state.ring.clear()
        }
        _ = old
    }

    func offer(_ unit: AccessUnit) {
        let isWanted = receiver.wantsFrames
        enum Next { case none, open, close(UnitDecoder) }
        let (old, isDecoded, next) = state.withLock { state -> ([AccessUnit], Bool, Next) in
            let old = state.ring.append(unit)
            (state.orientation, state.isFinished) = (unit.orientation, false)
            state.units += 1
            state.newest = unit.coding
            if let depth = unit.reorderDepth, depth > 0 || unit.isKey { state.isInOrder = depth == 0 }
            if !state.streams.isEmpty {
                let sent = state.isInOrder ? unit.inOrder : unit
                for tap in state.streams { deliver(sent, tap, state.units) }
            }
            if isWanted { state.wanted = unit.arrival }
            guard let decoder = state.decoder else { return (old, false, isWanted ? .open : .none) }
            let isOver = unit.arrival &- state.wanted > Self.patience || decoder.coding != unit.coding
            guard !isOver else {
                state.decoder = nil
                return (old, false, .close(decoder))
            }
            return (old, decoder.push(unit) && !state.isBlind, .none)
        }
        _ = old
        if !isDecoded { receiver.pass(at: unit.arrival, width: unit.width, height: unit.height) }
        switch next {
        case .none: break
        case .open: wake()
        case .close(let decoder):
            queue.async { [self] in
                decoder.stop()
                receiver.forgetNewest()
            }
        }
    }

    func lose() {
        let old = state.withLock { state in
            state.decoder?.lose()
            // Whoever takes the video sees by the number that one is missing.
            state.units &+= 1
            return state.ring.clear()
        }
        _ = old
    }

    func endOfStream() { if state.withLock({ $0.decoder != nil }) { finish(within: 2) } }

    // MARK: The viewers' side

    /// Delivers the video itself to these taps: to those who begin with it what leads to the newest picture first.
    func stream(to taps: Set<Int>) {
        state.withLock { state in
            let new = taps.subtracting(state.streams)
            let leading = state.ring.sinceKey
            if state.streams.isEmpty { state.isInOrder = leading.last?.reorderDepth == 0 }
            state.streams = taps
            let first = state.units &- UInt64(leading.count) &+ 1
            for tap in new {
                for (offset, unit) in leading.enumerated() {
                    deliver(state.isInOrder ? unit.inOrder : unit, tap, first &+ UInt64(offset))
                }
            }
        }
    }

    func wake() {
        let isNeeded = state.withLock { state in
            let now = MonotonicClock.now()
            guard state.decoder == nil, !state.isOpening, !state.isStopped, now >= state.pause else { return false }
            state.wanted = now
            state.isOpening = true
            return true
        }
        if isNeeded { queue.async { [weak self] in self?.open() } }
    }

    /// On `queue`.
    private func open() {
        let (coding, reader) = state.withLock { state in
            var reader = FrameReader(
                limit: limit, orientation: StreamOrientation(), metadata: metadata, keepsPlaces: keepsPlaces,
                sequence: state.frames)
            reader.clock = state.clock
            // Without a keyframe there may be pictures all the same: some cameras refresh theirs bit by bit.
            return (state.newest, reader)
        }
        // Without a unit there is nothing to decode yet: the next one will ask.
        let decoder = coding.flatMap { coding in
            UnitDecoder(
                coding, limit: limit, counting: decoding, reader: reader,
                deliver: { [weak self] in self?.show($0) }, failed: { [weak self] in self?.fail($0) })
        }
        decoder?.play()
        let unused = state.withLock { state -> UnitDecoder? in
            state.isOpening = false
            guard let decoder, !state.isStopped else { return decoder }
            state.decoder = decoder
            state.opened = MonotonicClock.now()
            // Whatever it is opened for: what comes meanwhile does not close it.
            state.wanted = state.opened
            // Units that come meanwhile wait for this lock: they go behind these.
            state.leading = max(state.ring.sinceKey.count - 1, 0)
            (state.hasShownLeading, state.held) = (false, nil)
            state.isBlind = state.ring.sinceKey.isEmpty
            for unit in state.ring.sinceKey { _ = decoder.push(unit) }
            return nil
        }
        unused?.stop()
    }

    /// On the decoder's thread.
    private func show(_ frame: Frame) {
        var attributes = frame.attributes
        let (isShown, old) = state.withLock { state -> (Bool, Frame?) in
            state.frames += 1
            state.isBlind = false
            attributes.orientation = state.orientation
            guard state.leading > 0 else { return (true, state.held.take()) }
            state.leading -= 1
            guard !state.hasShownLeading, MonotonicClock.now() &- state.opened > Self.notice else {
                let old = state.held
                state.held = frame
                return (false, old)
            }
            state.hasShownLeading = true
            return (true, nil)
        }
        _ = old
        if isShown { receiver.offer(attributes.orientation == frame.orientation ? frame : frame.with(attributes)) }
    }

    /// Any thread.
    private func fail(_ words: String) {
        let decoder = state.withLock { state in
            state.pause = MonotonicClock.now() &+ Self.pause
            return state.decoder.take()
        }
        guard let decoder else { return }
        Log.write("what is watched cannot be decoded: \(words)")
        queue.async { decoder.stop() }
    }

    var isMaking: Bool { state.withLock { $0.decoder != nil } }

    func finish(within seconds: Double) {
        queue.sync { [self] in
            let (isOpen, isFinished) = state.withLock { state in
                let isFinished = state.isFinished || state.isStopped
                if state.decoder == nil, !isFinished { state.isOpening = true }
                return (state.decoder != nil, isFinished)
            }
            guard !isFinished else { return }
            if !isOpen { open() }
            guard let decoder = state.withLock(\.decoder) else { return }
            // The last picture, however old it is by now.
            if !decoder.finish(within: seconds) { Log.write("the last picture is not decoded in time") }
            decoder.stop()
            let held = state.withLock { state in
                (state.decoder, state.isFinished, state.leading) = (nil, true, 0)
                return state.held.take()
            }
            if let held { receiver.offer(held) }
        }
    }

    func stop() {
        let decoder = state.withLock { state in
            state.isStopped = true
            return state.decoder.take()
        }
        queue.sync { decoder?.stop() }
    }
}
