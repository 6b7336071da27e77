internal import CGStreamer
internal import Synchronization

/// One way from Swift into GStreamer: what a stage's frames go to. It makes buffers of them, over their own planes.
final class FrameInlet: FrameReceiver, @unchecked Sendable {
    // `made` belongs to the thread that the stage's frames come out on.
    private let inlet: BranchInlet
    /// For the frames before.
    private var made: (key: FrameCaps, info: GstVideoInfo, caps: StreamCaps)?
    /// Of the source, as far as it says.
    private let rate = Mutex<FrameRate?>(nil)

    init(_ inlet: BranchInlet) {
        self.inlet = inlet
    }

    func configure(isLive: Bool) { inlet.configure(isLive: isLive) }

    /// On the source's thread, which is another one where workers stand between.
    func rateChanged(to rate: FrameRate?) { self.rate.withLock { $0 = rate } }

    func offer(_ frame: Frame) {
        guard inlet.takesBuffers else { return inlet.miss() }
        let rate = rate.withLock { $0 }
        guard let (info, caps) = caps(of: frame, rate), let buffer = FrameBuffer.make(frame, info) else { return }
        inlet.offer(
            InletBuffer(
                buffer: buffer, caps: caps, shown: frame.timestamp.map { Int64(clamping: $0) },
                captured: frame.captured, interval: rate?.interval, frame: frame))
    }

    private func caps(of frame: Frame, _ rate: FrameRate?) -> (GstVideoInfo, StreamCaps)? {
        var key = FrameCaps(frame, rate: rate)
        if key.format == .gray8, !inlet.takesGray { key.format = .i420 }
        if let made, made.key == key { return (made.info, made.caps) }
        guard var info = key.info, let text = gst_video_info_to_caps(&info) else { return nil }
        defer { gst_caps_unref(text) }
        let caps = StreamCaps(text)
        made = (key, info, caps)
        return (info, caps)
    }

    func endOfStream() { inlet.endOfStream() }
}

extension FrameRate {
    /// Nanoseconds from frame to frame.
    fileprivate var interval: Int64 {
        Int64(denominator) * 1_000_000_000 / Int64(max(numerator, 1))
    }
}
