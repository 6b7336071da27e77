internal import CGStreamer

/// Marks a coded picture of which something is missing, so that it is known when it comes out of the decoder.
///
/// GStreamer's decoders give a picture the metadata of the buffer that it came in, whatever becomes of its timestamp: behind a loss
/// those are handed out anew, and two pictures may have the same. The mark is a reference timestamp of a kind of its own, which
/// every decoder passes on and nothing else reads. Only spoilt pictures have one.
enum SpoiltMark {
    /// Held for good; nil only where GStreamer cannot make caps.
    nonisolated(unsafe) private static let reference = gst_caps_new_empty_simple("timestamp/x-streamtap-spoilt")

    /// Whether a decoder passes on what is on its pictures: its class does.
    static func isKept(by decoder: UnsafeMutablePointer<GstElement>) -> Bool {
        let type = UnsafeMutableRawPointer(decoder).assumingMemoryBound(to: GTypeInstance.self)
        return reference != nil && g_type_is_a(type.pointee.g_class.pointee.g_type, gst_video_decoder_get_type()) != 0
    }

    /// Only the buffer's head is made anew, and only where somebody else holds it.
    static func put(on buffer: UnsafeMutablePointer<GstBuffer>, _ info: borrowing ProbeInfo) {
        let head = UnsafeMutableRawPointer(buffer).assumingMemoryBound(to: GstMiniObject.self)
        guard let reference, let writable = gst_mini_object_make_writable(head) else { return }
        info.put(writable)
        _ = gst_buffer_add_reference_timestamp_meta(
            UnsafeMutableRawPointer(writable).assumingMemoryBound(to: GstBuffer.self), reference, 0, .max)
    }

    static func isOn(_ buffer: UnsafeMutablePointer<GstBuffer>) -> Bool {
        gst_buffer_get_reference_timestamp_meta(buffer, reference) != nil
    }
}
