internal import CGStreamer
internal import Synchronization
internal import WorkerLink

/// One way from Swift into GStreamer: an appsrc that a stage's frames go to. A branch that is made anew brings another.
final class FrameInlet: FrameReceiver, @unchecked Sendable {
    // `timeline`, `caps`, `info` and `attached` belong to the thread that the stage's frames come out on. What others set,
    // as whoever makes a branch anew does while frames come, is in `target`. GStreamer's own calls are safe from any thread.
    private let target = Mutex(Target())
    private var attached = 0
    private var timeline = BranchTimeline()
    private var caps: FrameCaps?
    private var info: GstVideoInfo?

    /// Where frames go at the moment.
    private struct Target: @unchecked Sendable {  // holds one reference to the appsrc
        var source: UnsafeMutablePointer<GstAppSrc>?
        var start = BranchStart()
        var metadata: FrameMetadataQueue?
        var isOpen = false
        var isLive = false
        var isConfigured = false
        /// Counts the appsrcs.
        var number = 0
    }

    let counts = InletCounts()
    var isLive: Bool { target.withLock { $0.isLive } }
    /// Of the source, as far as it says.
    private let rate = Mutex<FrameRate?>(nil)
    /// It is known whether what comes is live.
    var isConfigured: Bool { target.withLock { $0.isConfigured } }

    init() {}

    deinit {
        if let source = target.withLock({ $0.source }) { gst_object_unref(source) }
    }

    /// - Parameters:
    ///   - element: an appsrc; it takes the place of the one before.
    ///   - metadata: where a stage further on finds again what is known of a frame.
    ///   - isOpen: frames may come at once; else they are lost until `open`.
    func attach(
        _ element: UnsafeMutablePointer<GstElement>, start: BranchStart, metadata: FrameMetadataQueue?,
        isOpen: Bool = true
    ) {
        gst_object_ref(element)
        let source = UnsafeMutableRawPointer(element).assumingMemoryBound(to: GstAppSrc.self)
        element.set("format", enumeration: 3)  // time
        element.set("max-bytes", UInt64(0))
        element.set("max-buffers", UInt64(8))
        InletProbe.install(on: element, counting: counts)
        let old = target.withLock { target in
            let old = target.source
            (target.source, target.start, target.metadata, target.isOpen) = (source, start, metadata, isOpen)
            target.number += 1
            return Reference(old)
        }
        if let old = old.source { gst_object_unref(old) }
    }

    private struct Reference: @unchecked Sendable {  // carries a pointer out of the lock, nothing else
        let source: UnsafeMutablePointer<GstAppSrc>?
        init(_ source: UnsafeMutablePointer<GstAppSrc>?) { self.source = source }
    }

    /// The appsrc takes frames now.
    func open() { target.withLock { $0.isOpen = true } }

    /// Before the branch leaves NULL. A live branch loses what it is too slow for; another makes its source wait.
    func configure(isLive: Bool) {
        target.withLock { ($0.isLive, $0.isConfigured) = (isLive, true) }
        withElement { element in
            element.set("is-live", isLive)
            if isLive {
                element.set("leaky-type", enumeration: 2)  // downstream: the oldest goes
            } else {
                element.set("block", true)
            }
        }
    }

    /// On the source's thread, which is another one where workers stand between.
    func rateChanged(to rate: FrameRate?) { self.rate.withLock { $0 = rate } }

    /// Takes the frame, or loses it where the branch is not there; waits for room where it is not live.
    func offer(_ frame: Frame) {
        let target = target.withLock { target in
            if let source = target.source { gst_object_ref(source) }
            return target
        }
        guard let source = target.source else { return }
        defer { gst_object_unref(source) }
        guard target.isOpen else {
            counts.offer()
            return counts.refuse()
        }
        if target.number != attached {
            (attached, timeline, caps) = (target.number, BranchTimeline(), nil)
        }
        let rate = rate.withLock { $0 }
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
        let time = timeline.time(of: frame.time, start: target.start)
        buffer.pointee.pts = GstClockTime(time)
        if let interval = rate?.interval ?? timeline.interval ?? before {
            buffer.pointee.duration = GstClockTime(interval)
        }
        target.metadata?.record(frame, at: time)
        counts.offer()
        // Takes the buffer, whatever it answers; a branch that cannot take it is told of by its own bus.
        if gst_app_src_push_buffer(source, buffer) != GST_FLOW_OK { counts.refuse() }
    }

    /// No more frames: the branch finishes what it has. Also lets go of whoever waits in `offer`. Any thread, any
    /// number of times.
    func endOfStream() {
        withElement { gst_app_src_end_of_stream(UnsafeMutableRawPointer($0).assumingMemoryBound(to: GstAppSrc.self)) }
    }

    /// Frames lost because the branch was too slow, or not there.
    var dropped: UInt64 {
        counts.lost(waiting: withElement { $0.unsignedLong("current-level-buffers") } ?? 0)
    }

    /// The appsrc, held meanwhile.
    @discardableResult
    private func withElement<Result>(_ body: (UnsafeMutablePointer<GstElement>) -> Result) -> Result? {
        let held = target.withLock { target in
            if let source = target.source { gst_object_ref(source) }
            return Reference(target.source)
        }
        guard let source = held.source else { return nil }
        defer { gst_object_unref(source) }
        return body(UnsafeMutableRawPointer(source).assumingMemoryBound(to: GstElement.self))
    }
}

extension FrameRate {
    /// Nanoseconds from frame to frame.
    fileprivate var interval: Int64 {
        Int64(denominator) * 1_000_000_000 / Int64(max(numerator, 1))
    }
}
