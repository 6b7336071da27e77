internal import CGStreamer
internal import Synchronization
internal import WorkerLink

/// Where a segment with sources was cut: an appsink whose buffers go on, as they are, into a branch of their own.
final class CodedOutlet: SampleReceiver, @unchecked Sendable {
    // `caps` and `tags` belong to the appsink's streaming thread.
    private let inlet: BranchInlet
    private var caps: StreamCaps?
    private var tags: StreamTags?
    /// A macro of gst/gstbuffer.h, which Swift does not import.
    private static let copied = GstBufferCopyFlags(
        rawValue: GST_BUFFER_COPY_FLAGS.rawValue | GST_BUFFER_COPY_TIMESTAMPS.rawValue | GST_BUFFER_COPY_META.rawValue
            | GST_BUFFER_COPY_MEMORY.rawValue)
    /// Borrowed from the pipeline, as `sink` is.
    private let head: UnsafeMutablePointer<GstElement>
    /// The pipeline owns this object through its callbacks.
    private let sink: UnsafeMutablePointer<GstElement>
    /// The cut's number in the plan.
    let cut: Int
    /// The number of the attempt that it belongs to, among those who feed the branch.
    private let attempt: UInt64
    private let end = AttemptEnd()
    private let isGiving = Atomic<Bool>(false)
    /// What comes is known to be live, also of a camera that cannot be asked since it is not there.
    private let isLive: Bool

    /// - Parameters:
    ///   - head: the queue behind the plan's own elements.
    ///   - sink: an appsink.
    ///   - cut: its number in the plan.
    ///   - decoding: counts what is no sound picture, or larger than the limit.
    ///   - isLive: known before it runs.
    init(
        into inlet: BranchInlet, head: UnsafeMutablePointer<GstElement>, sink: UnsafeMutablePointer<GstElement>,
        cut: Int, attempt: UInt64, limit: PictureLimit, decoding: DecodeCounts,
        isLive: Bool = false
    ) {
        self.inlet = inlet
        self.head = head
        self.sink = sink
        self.cut = cut
        self.attempt = attempt
        self.isLive = isLive
        inlet.takeTurn(attempt)
        if isLive { inlet.configure(isLive: true) }
        AppSink.connect(sink, to: self)
        if let pad = sink.pad(named: "sink") {
            CodedGuard.install(at: pad, of: sink, limit: limit, counting: decoding) { inlet.miss() }
        }
        sink.pad(named: "sink")?.probe(.events) { [weak self] info in
            if let self, let event = info.event { tags = StreamTags.known(after: event, tags) }
            return .pass
        }
    }

    /// Has what the branch takes asked for on this side of the cut, too; whole pictures where there is a choice.
    ///
    /// - Returns: false where nothing that comes is anything that it takes.
    func negotiate() -> Bool {
        guard let taken = inlet.acceptedCaps else { return true }
        defer { gst_caps_unref(taken) }
        guard gst_caps_is_any(taken) == 0 else { return true }
        CapsPreference.install(on: sink, Self.wholePicturesFirst(taken))
        guard let given = head.pad(named: "sink")?.peer.flatMap({ gst_pad_query_caps($0.pointer, nil) }) else {
            return true
        }
        defer { gst_caps_unref(given) }
        return gst_caps_is_empty(given) != 0 || gst_caps_can_intersect(given, taken) != 0
    }

    /// These caps, new, and before them the same with an alignment of whole pictures.
    private static func wholePicturesFirst(
        _ caps: UnsafeMutablePointer<GstCaps>
    ) -> UnsafeMutablePointer<GstCaps>? {
        guard let aligned = gst_caps_from_string("video/x-h264,alignment=au; video/x-h265,alignment=au") else {
            return nil
        }
        defer { gst_caps_unref(aligned) }
        // Takes both.
        return gst_caps_merge(gst_caps_intersect(caps, aligned), gst_caps_copy(caps))
    }

    func configure(isLive: Bool) { inlet.configure(isLive: isLive || self.isLive) }

    func receive(_ sample: OpaquePointer) {
        guard let buffer = gst_sample_get_buffer(sample), let given = gst_sample_get_caps(sample) else { return }
        // Another attempt at the source has taken its place.
        guard inlet.turn == attempt else { return }
        guard inlet.takesBuffers else { return inlet.miss() }
        let caps: StreamCaps
        if let known = self.caps, known.pointer == given {
            caps = known
        } else {
            caps = StreamCaps(given)
            self.caps = caps
        }
        // Another buffer over the same memory: whoever else has this one goes on with its times.
        guard let copy = gst_buffer_copy_region(buffer, Self.copied, 0, gsize.max) else { return }
        isGiving.store(true, ordering: .releasing)
        defer { isGiving.store(false, ordering: .releasing) }
        let segment = gst_sample_get_segment(sample)
        let (shown, now) = (Self.runningTime(buffer.pointee.pts, segment), MonotonicClock.now())
        inlet.offer(
            InletBuffer(
                buffer: copy, caps: caps, shown: shown, decoded: Self.runningTime(buffer.pointee.dts, segment),
                captured: now, instant: instant(of: shown, now: now), interval: Self.interval(of: buffer),
                isKey: buffer.pointee.mini_object.flags & GST_BUFFER_FLAG_DELTA_UNIT.rawValue == 0, tags: tags))
    }

    /// As a parser knows it of a film that says nothing of times.
    private static func interval(of buffer: UnsafeMutablePointer<GstBuffer>) -> Int64? {
        let duration = buffer.pointee.duration
        return (1_000_000...10_000_000_000).contains(duration) ? Int64(duration) : nil
    }

    /// No picture is longer on its way, nanoseconds.
    private static let longestDelay: Int64 = 10_000_000_000

    /// When something was captured that is to be shown at a running time, as far as that can be true.
    private func instant(of shown: Int64?, now: Int64) -> Int64 {
        guard let shown else { return now }
        let instant = Int64(clamping: gst_element_get_base_time(sink)) &+ shown
        return instant <= now && now &- instant < Self.longestDelay ? instant : now
    }

    /// Also of what lies before the segment, as times to decode at may.
    private static func runningTime(_ time: GstClockTime, _ segment: UnsafePointer<GstSegment>?) -> Int64? {
        guard time != .max, let segment, segment.pointee.format == GST_FORMAT_TIME else { return nil }
        var running: guint64 = 0
        let sign = gst_segment_to_running_time_full(segment, GST_FORMAT_TIME, time, &running)
        guard sign != 0 else { return nil }
        return sign < 0 ? 0 &- Int64(clamping: running) : Int64(clamping: running)
    }

    func prerolled() {}

    func endOfStream() {
        if inlet.turn == attempt, end.isFinal(isLive: inlet.isLive) { finish() }
    }

    func expectSuccessor() { end.expectSuccessor() }
    func attemptFailed() { end.fail() }

    /// Something waits for the branch to take it.
    var isWaiting: Bool { isGiving.load(ordering: .acquiring) }

    /// In the source's place.
    func sendEnd() {
        if let pad = head.pad(named: "sink") { gst_pad_send_event(pad.pointer, gst_event_new_eos()) }
    }

    /// The branch gets no more, and finishes what it has.
    func finish() { inlet.endOfStream() }
}
