internal import CGStreamer
internal import Synchronization

/// Has encoders of H.264 and H.265 see only whole samples of colour: of a picture with an odd side the last column or row is left out.
///
/// With half as many samples of colour, as every camera has them, both codings only know even sides (H.264, 7.4.2.1.1; H.265,
/// 7.4.3.2.1), and x264 and x265 refuse others: "Can not initialize". Pictures with colour for each pixel are left alone. No pixel
/// is copied: the picture is described as one that is smaller.
final class EvenSides: @unchecked Sendable {  // `odd` belongs to the thread that feeds the encoder
    /// What comes, where the encoder is told something smaller.
    private var odd: GstVideoInfo?
    private let hasRefused = Atomic(false)

    static func install(on pipeline: UnsafeMutablePointer<GstElement>) {
        ElementWatch.install(on: pipeline) { element in
            guard element.factoryClasses.contains("Encoder/Video"),
                !Set(element.templates(GST_PAD_SRC).flatMap(mediaTypes)).isDisjoint(with: [
                    "video/x-h264", "video/x-h265",
                ])
            else { return }
            let sides = EvenSides()
            guard let pad = element.pad(named: "sink") else { return }
            pad.probe([.buffers, .events]) { sides.see($0) }
            pad.probe(.queries) { info in
                if let query = info.query { sides.hear(query, at: info.pad) }
                return .pass
            }
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
        guard width > 0, height > 0 else { return Self.refuse(video.width, video.height, at: info.pad) }
        var told: UnsafeMutablePointer<GstCaps>?
        if (width, height) != (video.width, video.height), let smaller = gst_caps_copy(caps) {
            Self.set("width", width, in: smaller)
            Self.set("height", height, in: smaller)
            told = smaller
        }
        defer { if let told { gst_caps_unref(told) } }
        if let template = gst_pad_get_pad_template_caps(info.pad) {
            defer { gst_caps_unref(template) }
            if gst_caps_can_intersect(told ?? caps, template) == 0 {
                Self.refuse(video.width, video.height, at: info.pad)
            }
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

    /// A converter before the encoder asks for what it takes of the size that comes, and gives up where that is nothing: no caps
    /// come then.
    private func hear(_ query: UnsafeMutablePointer<GstQuery>, at pad: UnsafeMutablePointer<GstPad>) {
        guard query.pointee.type == GST_QUERY_CAPS else { return }
        var filter: UnsafeMutablePointer<GstCaps>?
        gst_query_parse_caps(query, &filter)
        guard let (width, height) = filter.flatMap(Self.onlySize), let asked = gst_caps_new_empty_simple("video/x-raw"),
            let template = gst_pad_get_pad_template_caps(pad)
        else { return }
        defer {
            gst_caps_unref(asked)
            gst_caps_unref(template)
        }
        Self.set("width", width, in: asked)
        Self.set("height", height, in: asked)
        guard gst_caps_can_intersect(asked, template) == 0,
            !hasRefused.exchange(true, ordering: .relaxed)
        else { return }
        Self.refuse(width, height, at: pad)
    }

    /// Of pictures in whatever format; nil where another size would do as well.
    private static func onlySize(_ caps: UnsafeMutablePointer<GstCaps>) -> (gint, gint)? {
        guard gst_caps_is_any(caps) == 0 else { return nil }
        var found: (gint, gint)?
        for index in 0..<gst_caps_get_size(caps) {
            var (width, height) = (gint(0), gint(0))
            guard let structure = gst_caps_get_structure(caps, index),
                gst_structure_has_name(structure, "video/x-raw") != 0,
                gst_structure_get_int(structure, "width", &width) != 0,
                gst_structure_get_int(structure, "height", &height) != 0, found.map({ $0 == (width, height) }) ?? true
            else { return nil }
            found = (width, height)
        }
        return found
    }

    /// Encoders only say that they cannot begin, or that nothing was negotiated.
    private static func refuse(_ width: gint, _ height: gint, at pad: UnsafeMutablePointer<GstPad>) {
        guard let encoder = gst_pad_get_parent_element(pad) else { return }
        defer { gst_object_unref(encoder) }
        encoder.post(
            .format,
            "\(encoder.factoryName ?? "the encoder") takes no pictures of \(width)×\(height) pixels: "
                + "make them larger before it (resize)")
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
