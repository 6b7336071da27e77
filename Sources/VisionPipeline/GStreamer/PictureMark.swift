internal import CGStreamer

/// Marks a coded picture, so that it is known when it comes out of the decoder.
///
/// GStreamer's decoders give a picture the metadata of the buffer that it came in, whatever becomes of its timestamp: behind a loss
/// those are handed out anew, and two pictures may have the same. A mark is a reference timestamp of a kind of its own, which
/// every decoder passes on and nothing else reads. Only pictures of which there is something to say have one.
struct PictureMark: @unchecked Sendable {  // caps that are never changed
    /// Something of it is missing.
    static let spoilt = PictureMark("timestamp/x-streamtap-spoilt")
    /// How often colours had changed before it.
    static let color = PictureMark("timestamp/x-streamtap-color")

    /// Held for good; nil only where GStreamer cannot make caps.
    private let reference: UnsafeMutablePointer<GstCaps>?

    private init(_ type: String) { reference = gst_caps_new_empty_simple(type) }

    /// Whether a decoder passes on what is on its pictures: its class does.
    static func areKept(by decoder: UnsafeMutablePointer<GstElement>) -> Bool {
        let type = UnsafeMutableRawPointer(decoder).assumingMemoryBound(to: GTypeInstance.self)
        return spoilt.reference != nil
            && g_type_is_a(type.pointee.g_class.pointee.g_type, gst_video_decoder_get_type()) != 0
    }

    /// Only the buffer's head is made anew, and only where somebody else holds it.
    func put(on buffer: UnsafeMutablePointer<GstBuffer>, _ info: borrowing ProbeInfo, number: Int = 0) {
        let head = UnsafeMutableRawPointer(buffer).assumingMemoryBound(to: GstMiniObject.self)
        guard let reference, let writable = gst_mini_object_make_writable(head) else { return }
        info.put(writable)
        _ = gst_buffer_add_reference_timestamp_meta(
            UnsafeMutableRawPointer(writable).assumingMemoryBound(to: GstBuffer.self), reference,
            GstClockTime(number), .max)
    }

    func isOn(_ buffer: UnsafeMutablePointer<GstBuffer>) -> Bool { number(on: buffer) != nil }

    /// What was put on it; nil for nothing.
    func number(on buffer: UnsafeMutablePointer<GstBuffer>) -> Int? {
        gst_buffer_get_reference_timestamp_meta(buffer, reference).map { Int(clamping: $0.pointee.timestamp) }
    }
}
