internal import CGStreamer

/// An appsrc, held as long as somebody may still push to it.
final class AppSource: @unchecked Sendable {  // GStreamer's own calls are safe from any thread
    let pointer: UnsafeMutablePointer<GstAppSrc>

    /// - Parameter element: an appsrc; another reference is taken.
    init(_ element: UnsafeMutablePointer<GstElement>) {
        gst_object_ref(element)
        pointer = UnsafeMutableRawPointer(element).assumingMemoryBound(to: GstAppSrc.self)
    }

    deinit { gst_object_unref(pointer) }

    var element: UnsafeMutablePointer<GstElement> {
        UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: GstElement.self)
    }

    func endOfStream() { gst_app_src_end_of_stream(pointer) }
}
