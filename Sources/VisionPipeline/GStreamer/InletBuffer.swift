internal import CGStreamer

/// A buffer on its way into a branch, and what is known of it. Whoever has it gives its reference away, or drops it.
struct InletBuffer: @unchecked Sendable {  // one reference, handed on
    var buffer: UnsafeMutablePointer<GstBuffer>
    var caps: StreamCaps
    /// When it is to be shown, running time, nanoseconds; nil where the source does not say.
    var shown: Int64?
    /// When it is to be decoded, as `shown`; it may lie before zero.
    var decoded: Int64?
    /// CLOCK_MONOTONIC, nanoseconds.
    var captured: Int64
    /// When it was captured, as its source's times have it: CLOCK_MONOTONIC, nanoseconds; nil where that is not known.
    var instant: Int64?
    /// To the next one, nanoseconds, where the source says.
    var interval: Int64?
    /// Nothing else is needed to decode it.
    var isKey = true
    /// What is said about the stream, where that goes on as it is.
    var tags: StreamTags?
    /// Whose pixels it holds, where it comes from a stage.
    var frame: Frame?

    var bytes: Int { Int(clamping: gst_buffer_get_size(buffer)) }

    /// It is no part of the stream, but says how to read it, and has no time.
    var isHeader: Bool {
        shown == nil && decoded == nil && buffer.pointee.mini_object.flags & GST_BUFFER_FLAG_HEADER.rawValue != 0
    }

    func drop() { gst_buffer_unref(buffer) }
}
