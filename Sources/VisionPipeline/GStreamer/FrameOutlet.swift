internal import CGStreamer
internal import Dispatch
internal import Synchronization
internal import WorkerLink

/// One way out of GStreamer into Swift: an appsink, and whoever takes the frames that are made of its samples.
final class FrameOutlet: SampleReceiver, @unchecked Sendable {
    // `reader`, `rate`, `warned` and `hasComplained` belong to the appsink's streaming thread; `configure` touches the former
    // only before PLAYING, when no sample can come.

    /// The plan's node whose pictures come out here.
    let nodeID: String
    /// Ids of the nodes that its pictures come from.
    let sources: [String]
    /// That nothing comes here says nothing of its sources: the plan may shut the way.
    let mayBeSilent: Bool
    /// Of this point of the plan, over all attempts.
    let counts: OutletCounts
    let receiver: any FrameReceiver
    /// Where what comes is coded video: makes the receiver's frames, of access units, while it wants some.
    let units: (any UnitReceiver)?
    private let gate: AttemptGate
    /// The number of the attempt that it belongs to.
    private let attempt: UInt64
    /// Frames of the attempts before.
    private let earlier: UInt64
    private let earlierErrors: UInt64
    private let refusedBefore: UInt64
    /// Time of the last frame of the attempts before.
    private let earlierTime: Int64?
    private let end = AttemptEnd()
    private var reader: FrameReader
    private var rate: FrameRate?
    private var hasComplained = false
    private var warned: Set<SourceWarning> = []
    /// Of coded video: when the last keyframe came, or the first unit where there was none.
    private var lastKey: Int64?
    /// Owned: progress may be asked for after the pipeline is gone.
    private let queue: UnsafeMutablePointer<GstElement>
    /// Borrowed from the pipeline; it owns this object through its callbacks.
    private let sink: UnsafeMutablePointer<GstElement>
    private let onPreroll: DispatchSemaphore
    /// Of the decoders in its pipeline.
    private let decoding: DecodeCounts
    /// Of several sources, what comes of each.
    private let arrivals: SourceArrivals?
    /// Of its sources, nil behind a stage.
    private let signs: SourceSigns?
    private let pace: StatedPace
    /// Whoever takes a frame has it at the moment.
    private let isGiving = Atomic<Bool>(false)

    /// - Parameters:
    ///   - sources: ids of the nodes that its pictures come from.
    ///   - queue: what comes first behind the plan's own elements; it may lose frames.
    ///   - sink: an appsink.
    ///   - onPreroll: signalled with the first frame, or when there is none to come.
    ///   - decoding: of the decoders in its pipeline.
    ///   - arrivals: of several sources, what comes of each.
    ///   - signs: of its sources; nil behind a stage.
    ///   - survived: see `SourceRhythm`, of a worker before; seconds.
    ///   - metadata: behind a stage: what is known of the frames whose pictures come out here.
    ///   - keepsPlaces: what was found somewhere in the picture is there still; else detections end before the elements
    ///     between.
    ///   - mayBeSilent: the plan may shut the way to it.
    ///   - units: where what comes is coded video.
    ///   - predecessor: the same outlet of an attempt before. Frames then go where its frames went, and its own no longer.
    ///   - attempt: its own attempt's number; one that comes later than its follower gets no frame through.
    init(
        nodeID: String, sources: [String] = [], receiver: any FrameReceiver, queue: UnsafeMutablePointer<GstElement>,
        sink: UnsafeMutablePointer<GstElement>, limit: PictureLimit, onPreroll: DispatchSemaphore,
        decoding: DecodeCounts = DecodeCounts(), arrivals: SourceArrivals? = nil, signs: SourceSigns? = nil,
        survived: Double? = nil, metadata: FrameMetadataQueue? = nil,
        keepsPlaces: Bool = true, mayBeSilent: Bool = false, units: (any UnitReceiver)? = nil,
        after predecessor: FrameOutlet? = nil, attempt: UInt64 = 0
    ) {
        counts = predecessor?.counts ?? OutletCounts(survived: survived)
        gate = predecessor?.gate ?? AttemptGate()
        self.attempt = attempt
        earlier = gate.open(for: attempt) ? counts.begin() : counts.frames
        // Behind the gate: no frame of the attempt before comes through any more.
        let newest = counts.newest
        earlierTime = newest?.time
        earlierErrors = predecessor.map { $0.earlierErrors &+ $0.decodeErrors } ?? 0
        refusedBefore = counts.refused
        self.nodeID = nodeID
        self.sources = sources
        self.mayBeSilent = mayBeSilent
        self.receiver = receiver
        self.units = units
        self.queue = queue
        gst_object_ref(queue)
        self.sink = sink
        self.onPreroll = onPreroll
        self.decoding = decoding
        self.arrivals = arrivals
        self.signs = signs
        reader = FrameReader(
            limit: limit, orientation: .install(on: sink), metadata: metadata, keepsPlaces: keepsPlaces,
            sequence: earlier, epoch: newest.map { $0.epoch &+ 1 } ?? 0)
        pace = .install(on: sink)
        AppSink.connect(sink, to: self)
        if let units, let pad = sink.pad(named: "sink") {
            CodedGuard.install(at: pad, of: sink, limit: limit, counting: decoding) { units.lose() }
        }
        // What comes to the queue, which may lose it, and counts nothing itself.
        let counts = counts
        queue.pad(named: "sink")?.probe(.buffers) { _ in
            counts.offer()
            return .pass
        }
    }

    deinit { gst_object_unref(queue) }

    /// The last word before PLAYING. A live outlet loses what comes too fast and waits for nothing; another loses
    /// nothing and goes by its own timestamps.
    ///
    /// - Parameter baseTime: CLOCK_MONOTONIC at running time zero, nanoseconds; nil behind a stage, where frames bring
    ///   their capture time and have their pace already.
    func configure(isLive: Bool, baseTime: Int64?) {
        if let baseTime { reader.clock = FrameClock(isLive: isLive, baseTime: baseTime, after: earlierTime) }
        units?.begin(with: reader.clock)
        counts.isLive = isLive
        // Behind a stage frames have their time, and their pace.
        pace.configure(isLive: isLive || baseTime == nil)
        // Whoever takes units never waits, and needs all of them.
        if isLive, units == nil {
            queue.set("leaky", enumeration: 2)  // downstream: the oldest goes
            queue.set("max-size-buffers", UInt32(2))
            queue.set("max-size-bytes", UInt32(0))
            queue.set("max-size-time", UInt64(0))
        }
        sink.set("sync", baseTime != nil && !isLive)
        receiver.configure(isLive: isLive)
    }

    func receive(_ sample: OpaquePointer) {
        let arrival = MonotonicClock.now()
        if let units { return receive(sample, for: units, at: arrival) }
        guard let frame = reader.read(sample, arrival: arrival) else {
            if let type = reader.unsupported { complain(of: type) }
            if let size = reader.excess { complain(of: size) }
            return counts.refuse()
        }
        if frame.isInterlaced { warn(of: .interlaced) }
        if frame.colorimetry.transfer != .ordinary { warn(of: .highDynamicRange) }
        isGiving.store(true, ordering: .releasing)
        defer { isGiving.store(false, ordering: .releasing) }
        gate.pass(attempt) {
            note(frame.time, frame.epoch, arrival)
            if reader.rate != rate {
                rate = reader.rate
                receiver.rateChanged(to: rate)
            }
            receiver.offer(frame)
        }
    }

    private func receive(_ sample: OpaquePointer, for units: any UnitReceiver, at arrival: Int64) {
        guard let (unit, time, epoch) = reader.readUnit(sample, arrival: arrival) else {
            if let type = reader.unsupported { complain(of: type) }
            return counts.refuse()
        }
        if unit.isKey || lastKey == nil { lastKey = arrival }
        if let lastKey, arrival &- lastKey > Self.keyframePatience { warn(of: .noKeyframe) }
        gate.pass(attempt) {
            note(time, epoch, arrival)
            units.offer(unit)
        }
    }

    private func note(_ time: Int64, _ epoch: Int, _ arrival: Int64) {
        guard let silence = counts.receive(time: time, epoch: epoch, at: arrival), silence > Self.longSilence,
            signs?.livedThrough(silence, until: arrival, of: sources) == true
        else { return }
        counts.survive(silence)
    }

    /// For so long what follows a keyframe is kept for who begins to watch, nanoseconds: as `UnitLog` does.
    private static let keyframePatience: Int64 = 10_000_000_000

    /// Says once what a viewer of a source's pictures ought to know. Behind a stage it has been said.
    private func warn(of warning: SourceWarning) {
        guard !sources.isEmpty, !warned.contains(warning) else { return }
        warned.insert(warning)
        if counts.warn(of: warning) { Log.write("'\(nodeID)': \(warning.message)") }
    }

    /// Ends the pipeline over what no frame is made of, once.
    private func complain(of type: String) {
        guard !hasComplained else { return }
        hasComplained = true
        sink.post(
            .format, "'\(nodeID)' gives \(type); stages and taps take pictures, so decode or convert before this point")
    }

    private func complain(of size: CodedSize) {
        guard !hasComplained else { return }
        hasComplained = true
        sink.refuse(size)
    }

    func prerolled() {
        counts.preroll()
        onPreroll.signal()
    }

    func endOfStream() {
        // Of one that was left behind, and comes back to life, it is nobody's end.
        gate.pass(attempt) {
            // None will come, of this attempt at least.
            guard end.isFinal(isLive: counts.isLive) else { return counts.preroll() }
            units?.endOfStream()
            receiver.endOfStream()
            counts.end()
        }
        onPreroll.signal()
    }

    func expectSuccessor() { end.expectSuccessor() }
    func attemptFailed() { end.fail() }

    /// Nothing that has come of this attempt waits for anything: it has been given on, and come back.
    var isDrained: Bool { !isGiving.load(ordering: .acquiring) && counts.isDrained }

    /// In the source's place.
    func sendEnd() {
        if let pad = queue.pad(named: "sink") { gst_pad_send_event(pad.pointer, gst_event_new_eos()) }
    }

    /// Shorter ones nobody takes for a stall, nanoseconds.
    private static let longSilence: Int64 = 1_500_000_000

    /// Sound frames of this attempt.
    var frames: UInt64 { counts.frames &- earlier }

    /// Gives back the caps it holds. Only when no thread streams any more.
    ///
    /// - Parameter isLast: no other attempt follows.
    func close(isLast: Bool) {
        reader.close()
        if isLast { units?.stop() } else { units?.lose() }
    }

    /// Of this attempt, but for those of stages.
    private var decodeErrors: UInt64 { decoding.errors(beside: counts.refused &- refusedBefore) }

    var progress: SourceProgress {
        var progress = counts.progress(node: nodeID, waiting: UInt64(queue.unsigned("current-level-buffers")))
        progress.note(workSince: receiver.busySince, now: MonotonicClock.now())
        progress.sources = sources
        // Before some have come only the caps can tell that a camera has one each ten seconds, and is not silent meanwhile.
        progress.rhythm.stated = pace.interval
        progress.rhythm.lastSign = signs?.last(of: sources)
        progress.rhythm.isAsked = signs?.areAsked(sources) ?? false
        if sources.count > 1, let arrivals { progress.arrivals = arrivals.progress(of: sources, signs) }
        progress.decodeErrors = earlierErrors &+ decodeErrors &+ receiver.decodeErrors
        // A film that begins long before its first keyframe has its first picture long before that one's time.
        progress.awaitsWholePicture =
            progress.frames == earlier && (decoding.awaitsWholePicture || counts.hasCome)
        return progress
    }
}

extension SourceProgress {
    /// How long one frame may be worked on, nanoseconds; longer, and the work is taken to hang.
    static let longestWork: Int64 = 10_000_000_000

    /// A stage that hangs lets its frames be replaced for ever: what it does not come to the end of has not arrived.
    ///
    /// - Parameters:
    ///   - begun: since when a frame has been worked on, CLOCK_MONOTONIC nanoseconds.
    ///   - now: on the same clock.
    mutating func note(workSince begun: Int64?, now: Int64) {
        guard let begun, now &- begun > Self.longestWork else { return }
        lastFrame = min(lastFrame ?? begun, begun)
    }
}
