internal import CGStreamer
internal import Dispatch
internal import Foundation
internal import WorkerLink

/// One way out of GStreamer into Swift: an appsink, what comes before it, and the stages and taps behind it.
final class Edge: SampleReceiver, @unchecked Sendable {
    // `reader`, `tree` and `rate` belong to the appsink's streaming thread; `settle` touches the former only before PLAYING,
    // when no sample can come.
    let nodeID: String
    let kind: EdgeKind
    let counts = EdgeCounts()
    private var reader: FrameReader
    private var tree: StageTree
    /// Where the tree's frames go back into GStreamer.
    let inlets: [FrameInlet]
    private var rate: FrameRate?
    private let stages: [(id: String, stage: String, times: StageTimes)]
    private let workers: [StageWorkers]
    /// Owned: progress may be asked for after the pipeline is gone.
    private let queue: UnsafeMutablePointer<GstElement>
    /// Borrowed from the pipeline; it owns this object through its callbacks.
    private let sink: UnsafeMutablePointer<GstElement>
    private let onPreroll: DispatchSemaphore

    init(
        nodeID: String, kind: EdgeKind, tree: StageTree, queue: UnsafeMutablePointer<GstElement>,
        sink: UnsafeMutablePointer<GstElement>, limit: PictureLimit, onPreroll: DispatchSemaphore,
        ledger: FrameLedger? = nil, keepsPlaces: Bool = true
    ) {
        self.nodeID = nodeID
        self.kind = kind
        self.tree = tree
        self.queue = queue
        gst_object_ref(queue)
        stages = tree.allNodes.map { ($0.id, $0.kind, $0.times) }
        workers = tree.workers
        inlets = tree.allNodes.flatMap(\.inlets)
        self.sink = sink
        self.onPreroll = onPreroll
        reader = FrameReader(kind, limit: limit)
        reader.ledger = ledger
        reader.keepsPlaces = keepsPlaces
    }

    deinit {
        interrupt()
        gst_object_unref(queue)
    }

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

    /// The last word before PLAYING. A live edge loses what comes too fast and waits for nothing; another loses
    /// nothing and goes by its own timestamps.
    func settle(isLive: Bool, baseTime: Int64) {
        reader.timing = FrameReader.Timing(isLive: isLive, baseTime: baseTime)
        settle(isLive: isLive, sync: !isLive)
    }

    /// For an edge behind a stage: frames bring their capture time, and have their pace already.
    func settleInBranch(isLive: Bool) {
        settle(isLive: isLive, sync: false)
    }

    private func settle(isLive: Bool, sync: Bool) {
        counts.isLive = isLive
        if isLive {
            queue.set("leaky", enumeration: 2)  // downstream: the oldest goes
            queue.set("max-size-buffers", UInt32(2))
            queue.set("max-size-bytes", UInt32(0))
            queue.set("max-size-time", UInt64(0))
        }
        sink.set("sync", sync)
        for inlet in inlets { inlet.settle(isLive: isLive) }
    }

    func receive(_ sample: OpaquePointer) {
        let arrival = MonotonicClock.now()
        switch reader.read(sample, arrival: arrival) {
        case .frame(let frame):
            counts.receive(at: arrival)
            if !inlets.isEmpty, reader.rate != rate {
                rate = reader.rate
                for inlet in inlets { inlet.rate = rate }
            }
            tree.run(frame)
        case .refused:
            counts.refuse()
        }
    }

    func prerolled() {
        counts.preroll()
        onPreroll.signal()
    }

    func endOfStream() {
        counts.end()
        // What is still under way comes before the end.
        drain()
        endInlets()
        onPreroll.signal()
    }

    /// Waits until the frames that workers have taken by now are at the end of their way, or the time is over.
    func drain(until deadline: Date? = nil) {
        for workers in workers { workers.drain(until: deadline) }
    }

    /// Nothing more comes this way: what hangs on it finishes.
    func endInlets() {
        for inlet in inlets { inlet.end() }
    }

    /// Frames under way are given up: a thread that waits for room waits no longer.
    func interrupt() {
        for workers in workers { workers.stop() }
    }

    /// Gives back the caps it holds. Only when no thread streams any more.
    func close() { reader.close() }

    var sourceProgress: SourceProgress {
        counts.progress(node: nodeID, waiting: UInt64(queue.unsigned("current-level-buffers")))
    }

    var stageProgress: [StageProgress] {
        stages.map { $0.times.progress(name: $0.id, stage: $0.stage) }
    }
}
