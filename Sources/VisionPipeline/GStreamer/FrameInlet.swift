internal import CGStreamer
internal import WorkerLink

/// One way from Swift into GStreamer: an appsrc that a stage's frames go to.
final class FrameInlet: @unchecked Sendable {
    // `source` is set while the plan is built, `isLive` and `rate` before frames come; `timeline` and `caps` belong
    // to the streaming thread of the edge that the stage hangs on. GStreamer's own calls are safe from any thread.
    private var source: UnsafeMutablePointer<GstAppSrc>?
    private var start = BranchStart()
    private var ledger: FrameLedger?
    private var timeline = BranchTimeline()
    private var caps: FrameCaps?
    private var info: GstVideoInfo?
    let counts = InletCounts()
    private(set) var isLive = false
    /// Of the source, as far as it says.
    var rate: FrameRate?
    private(set) var isSettled = false

    init() {}

    deinit {
        if let source { gst_object_unref(source) }
    }

    /// - Parameters:
    ///   - element: an appsrc.
    ///   - ledger: where a stage further on finds again what is known of a frame.
    func attach(_ element: UnsafeMutablePointer<GstElement>, start: BranchStart, ledger: FrameLedger?) {
        gst_object_ref(element)
        source = UnsafeMutableRawPointer(element).assumingMemoryBound(to: GstAppSrc.self)
        self.start = start
        self.ledger = ledger
        element.set("format", enumeration: 3)  // time
        element.set("max-bytes", UInt64(0))
        element.set("max-buffers", UInt64(8))
        InletProbe.install(on: element, counting: counts)
    }

    /// Before the branch leaves NULL. A live branch loses what it is too slow for; another makes its source wait.
    func settle(isLive: Bool) {
        self.isLive = isLive
        isSettled = true
        guard let element else { return }
        element.set("is-live", isLive)
        if isLive {
            element.set("leaky-type", enumeration: 2)  // downstream: the oldest goes
        } else {
            element.set("block", true)
        }
    }

    func push(_ frame: Frame) {
        guard let source else { return }
        let wanted = FrameCaps(frame, rate: rate)
        if wanted != caps {
            guard var info = wanted.info, let made = gst_video_info_to_caps(&info) else { return }
            gst_app_src_set_caps(source, made)
            gst_caps_unref(made)
            caps = wanted
            self.info = info
        }
        guard let info, let buffer = FrameBuffer.make(frame, info) else { return }
        let before = timeline.interval
        let time = timeline.time(timestamp: frame.timestamp, captured: frame.captured, isLive: isLive, start: start)
        buffer.pointee.pts = GstClockTime(time)
        if let interval = rate?.interval ?? timeline.interval ?? before {
            buffer.pointee.duration = GstClockTime(interval)
        }
        ledger?.record(frame, at: time)
        counts.offer()
        // Takes the buffer, whatever it answers; a branch that cannot take it is told of by its own bus.
        if gst_app_src_push_buffer(source, buffer) != GST_FLOW_OK { counts.refuse() }
    }

    /// No more frames: the branch finishes what it has. Also lets go of whoever waits in `push`. Any thread, any
    /// number of times.
    func end() {
        if let source { gst_app_src_end_of_stream(source) }
    }

    /// Frames lost because the branch was too slow, or not there.
    var dropped: UInt64 {
        guard let element else { return 0 }
        return counts.lost(waiting: element.unsignedLong("current-level-buffers"))
    }

    private var element: UnsafeMutablePointer<GstElement>? {
        source.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: GstElement.self) }
    }
}

extension FrameRate {
    /// Nanoseconds from frame to frame.
    fileprivate var interval: Int64 {
        Int64(denominator) * 1_000_000_000 / Int64(max(numerator, 1))
    }
}
