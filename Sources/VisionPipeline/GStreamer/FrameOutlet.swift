internal import CGStreamer
internal import Dispatch
internal import WorkerLink

/// One way out of GStreamer into Swift: an appsink, and whoever takes the frames that are made of its samples.
final class FrameOutlet: SampleReceiver, @unchecked Sendable {
    // `reader` and `rate` belong to the appsink's streaming thread; `configure` touches the former only before PLAYING, when
    // no sample can come.

    /// What crosses an outlet.
    enum Kind: Sendable, Hashable {
        /// I420, NV12 or GRAY8 pixels.
        case raw
        /// The camera's own JPEG pictures, untouched.
        case jpeg
    }

    /// The plan's node whose pictures come out here.
    let nodeID: String
    let kind: Kind
    let counts = OutletCounts()
    private let receiver: any FrameReceiver
    private var reader: FrameReader
    private var rate: FrameRate?
    /// Owned: progress may be asked for after the pipeline is gone.
    private let queue: UnsafeMutablePointer<GstElement>
    /// Borrowed from the pipeline; it owns this object through its callbacks.
    private let sink: UnsafeMutablePointer<GstElement>
    private let onPreroll: DispatchSemaphore

    /// - Parameters:
    ///   - queue: what comes first behind the plan's own elements; it may lose frames.
    ///   - sink: an appsink.
    ///   - onPreroll: signalled with the first frame, or when there is none to come.
    ///   - metadata: behind a stage: what is known of the frames whose pictures come out here.
    ///   - keepsPlaces: what was found somewhere in the picture is there still; else detections end before the elements
    ///     between.
    init(
        nodeID: String, kind: Kind, receiver: any FrameReceiver, queue: UnsafeMutablePointer<GstElement>,
        sink: UnsafeMutablePointer<GstElement>, limit: PictureLimit, onPreroll: DispatchSemaphore,
        metadata: FrameMetadataQueue? = nil, keepsPlaces: Bool = true
    ) {
        self.nodeID = nodeID
        self.kind = kind
        self.receiver = receiver
        self.queue = queue
        gst_object_ref(queue)
        self.sink = sink
        self.onPreroll = onPreroll
        reader = FrameReader(kind, limit: limit, metadata: metadata, keepsPlaces: keepsPlaces)
        AppSink.connect(sink, to: self)
        OfferProbe.install(on: queue, counting: counts)
    }

    deinit { gst_object_unref(queue) }

    /// Asks upstream, in PAUSED, whether it is live; nil while nothing upstream answers, as before a demuxer's pads exist.
    func queryLiveness() -> Bool? {
        guard let pad = gst_element_get_static_pad(sink, "sink"), let query = gst_query_new_latency() else {
            return nil
        }
        defer {
            gst_object_unref(pad)
            gst_mini_object_unref(UnsafeMutableRawPointer(query).assumingMemoryBound(to: GstMiniObject.self))
        }
        guard gst_pad_peer_query(pad, query) != 0 else { return nil }
        var live: gboolean = 0
        gst_query_parse_latency(query, &live, nil, nil)
        return live != 0
    }

    /// The last word before PLAYING. A live outlet loses what comes too fast and waits for nothing; another loses
    /// nothing and goes by its own timestamps.
    ///
    /// - Parameter baseTime: CLOCK_MONOTONIC at running time zero, nanoseconds; nil behind a stage, where frames bring
    ///   their capture time and have their pace already.
    func configure(isLive: Bool, baseTime: Int64?) {
        if let baseTime { reader.timing = FrameReader.Timing(isLive: isLive, baseTime: baseTime) }
        counts.isLive = isLive
        if isLive {
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
        guard let frame = reader.read(sample, arrival: arrival) else { return counts.refuse() }
        counts.receive(at: arrival)
        if reader.rate != rate {
            rate = reader.rate
            receiver.rateChanged(to: rate)
        }
        receiver.offer(frame)
    }

    func prerolled() {
        counts.preroll()
        onPreroll.signal()
    }

    func endOfStream() {
        counts.end()
        receiver.endOfStream()
        onPreroll.signal()
    }

    /// Gives back the caps it holds. Only when no thread streams any more.
    func close() { reader.close() }

    var progress: SourceProgress {
        counts.progress(node: nodeID, waiting: UInt64(queue.unsigned("current-level-buffers")))
    }
}
