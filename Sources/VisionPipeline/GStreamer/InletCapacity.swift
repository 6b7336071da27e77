internal import CGStreamer

/// How much may wait in an appsrc for its branch.
enum InletCapacity {
    private static let nanoseconds: UInt64 = 5_000_000_000
    private static let bytes: UInt64 = 64 << 20
    /// Of pictures that are whole by themselves.
    private static let pictures: UInt64 = 8

    /// Before it is known what will come: what is not live makes its source wait.
    static func arrange(_ source: AppSource, isLive: Bool) {
        source.element.set("max-buffers", isLive ? 0 : pictures)
        // Said of a live source that could wait for nothing, elements that hold pictures back complain of it.
        source.element.set("min-latency", Int64(0))
        source.element.set("max-latency", Int64(nanoseconds))
    }

    /// Live pictures that are whole by themselves may be lost one by one; then the oldest go. Of others it is the inlet that
    /// loses all up to the next keyframe, and looks at what waits. A muxer that waits for sound needs room for pictures.
    ///
    /// - Parameter room: so many more wait for others that come later, or have waited for the appsrc itself.
    static func arrange(_ source: AppSource, for media: StreamCaps.Media, isLive: Bool, room: UInt64 = 0) {
        source.element.set("leaky-type", enumeration: isLive && isWhole(media) ? 2 : 0)  // downstream
        source.element.set("max-buffers", isWhole(media) ? pictures + room : 0)
        guard !isLive, !isWhole(media) else { return }
        source.element.set("max-bytes", bytes)
        source.element.set("max-time", nanoseconds)
    }

    /// The branch waits for what is as late as this, and meanwhile what is sooner waits in its inlet.
    ///
    /// - Parameter delay: nanoseconds.
    static func declare(_ delay: Int64, of source: AppSource) {
        let delay = min(max(delay, 0), Int64(nanoseconds) / 2)
        source.element.set("min-latency", delay)
    }

    static func isFull(_ source: AppSource, for media: StreamCaps.Media) -> Bool {
        guard !isWhole(media) else { return false }
        return gst_app_src_get_current_level_bytes(source.pointer) > bytes
            || gst_app_src_get_current_level_time(source.pointer) > nanoseconds
    }

    private static func isWhole(_ media: StreamCaps.Media) -> Bool { media == .pixels || media == .pictures }
}
