internal import CGStreamer

/// Has encoders of H.264 and H.265 see only whole samples of colour: of a picture with an odd side the last column or row is left out.
///
/// With half as many samples of colour, as every camera has them, both codings only know even sides (H.264, 7.4.2.1.1; H.265,
/// 7.4.3.2.1), and x264 and x265 refuse others: "Can not initialize". Pictures with colour for each pixel are left alone. No pixel
/// is copied: the picture is described as one that is smaller.
final class EvenSides: @unchecked Sendable {  // the thread that feeds the encoder only
    /// What comes, where the encoder is told something smaller.
    private var odd: GstVideoInfo?

    static func install(on pipeline: UnsafeMutablePointer<GstElement>) {
        ElementWatch.install(on: pipeline) { element in
            guard element.factoryClasses.contains("Encoder/Video"),
                !Set(element.templates(GST_PAD_SRC).flatMap(mediaTypes)).isDisjoint(with: [
                    "video/x-h264", "video/x-h265",
                ])
            else { return }
            let sides = EvenSides()
            element.pad(named: "sink")?.probe([.buffers, .events]) { sides.see($0) }
        }
    }

    private static func mediaTypes(_ template: UnsafeMutablePointer<GstPadTemplate>) -> [String] {
        guard let caps = gst_pad_template_get_caps(template) else { return [] }
        defer { gst_caps_unref(caps) }
        return ElementPad.mediaTypes(of: caps)
    }

    private func see(_ info: borrowing ProbeInfo) -> PadProbe.Answer {
        if let caps = info.event?.caps { hear(caps, info) }
        if let buffer = info.buffer, let odd { cut(buffer, odd, info) }
        return .pass
    }

    // MARK: Caps

    private func hear(_ caps: UnsafeMutablePointer<GstCaps>, _ info: borrowing ProbeInfo) {
        odd = nil
        var video = GstVideoInfo()
        guard gst_video_info_from_caps(&video, caps) != 0 else { return }
        let (width, height) = Self.even(video)
        guard width > 0, height > 0 else { return Self.refuse(video, at: info.pad) }
        var told: UnsafeMutablePointer<GstCaps>?
        if (width, height) != (video.width, video.height), let smaller = gst_caps_copy(caps) {
            Self.set("width", width, in: smaller)
            Self.set("height", height, in: smaller)
            told = smaller
        }
        defer { if let told { gst_caps_unref(told) } }
        if let template = gst_pad_get_pad_template_caps(info.pad) {
            defer { gst_caps_unref(template) }
            if gst_caps_can_intersect(told ?? caps, template) == 0 { Self.refuse(video, at: info.pad) }
        }
        guard let told, let event = gst_event_new_caps(told) else { return }
        odd = video
        info.replaceEvent(with: event)
    }

    /// The largest sides, no larger than the picture's own, that have whole samples of colour.
    private static func even(_ video: GstVideoInfo) -> (gint, gint) {
        guard let format = video.finfo?.pointee else { return (video.width, video.height) }
        // Exponents of two, for each component; of luma it is none.
        return (
            (video.width >> format.w_sub.1) << format.w_sub.1, (video.height >> format.h_sub.1) << format.h_sub.1
        )
    }

    private static func set(_ field: String, _ side: gint, in caps: UnsafeMutablePointer<GstCaps>) {
        var value = GValue()
        g_value_init(&value, GObjectType.int)
        defer { g_value_unset(&value) }
        g_value_set_int(&value, side)
        gst_caps_set_value(caps, field, &value)
    }

    /// Encoders only say that they cannot begin, or that nothing was negotiated.
    private static func refuse(_ video: GstVideoInfo, at pad: UnsafeMutablePointer<GstPad>) {
        guard let encoder = gst_pad_get_parent_element(pad) else { return }
        defer { gst_object_unref(encoder) }
        let words =
            "\(encoder.factoryName ?? "the encoder") takes no pictures of \(video.width)×\(video.height) pixels: "
            + "make them larger before it (resize)"
        // Takes the text.
        gst_element_message_full(
            encoder, GST_MESSAGE_ERROR, gst_stream_error_quark(), gint(GST_STREAM_ERROR_FORMAT.rawValue),
            g_strdup(words), nil, #fileID, #function, gint(#line))
    }

    // MARK: Buffers

    private func cut(_ buffer: UnsafeMutablePointer<GstBuffer>, _ odd: GstVideoInfo, _ info: borrowing ProbeInfo) {
        let (width, height) = Self.even(odd)
        let head = UnsafeMutableRawPointer(buffer).assumingMemoryBound(to: GstMiniObject.self)
        // Only the buffer's head is made anew, and only where somebody else holds it.
        guard let own = gst_mini_object_make_writable(head) else { return }
        info.put(own)
        let writable = UnsafeMutableRawPointer(own).assumingMemoryBound(to: GstBuffer.self)
        if let meta = gst_buffer_get_video_meta(writable) {
            (meta.pointee.width, meta.pointee.height) = (guint(width), guint(height))
            return
        }
        var (offsets, strides) = (odd.offset, odd.stride)
        guard let format = odd.finfo?.pointee else { return }
        withUnsafeMutableBytes(of: &offsets) { offsets in
            withUnsafeMutableBytes(of: &strides) { strides in
                _ = gst_buffer_add_video_meta_full(
                    writable, GST_VIDEO_FRAME_FLAG_NONE, format.format, guint(width), guint(height), format.n_planes,
                    offsets.bindMemory(to: gsize.self).baseAddress, strides.bindMemory(to: gint.self).baseAddress)
            }
        }
    }
}
