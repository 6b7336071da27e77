internal import CGStreamer

/// Answers for an appsink what it is asked before memory is made for pictures: that rows may be longer than what is in them.
///
/// GStreamer 1.22's appsink answers nothing. A decoder then takes it that its pictures must lie without a gap, and copies each;
/// so do cameras' drivers that pad rows. (libav's decoders in 1.22 copy all the same where the coded size is not the one shown, as
/// with 1080 lines of H.264, but not with 720 or 2160.)
enum StrideOffer {
    static func install(on sink: UnsafeMutablePointer<GstElement>) {
        guard let pad = gst_element_get_static_pad(sink, "sink") else { return }
        defer { gst_object_unref(pad) }
        let kinds = GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM.rawValue | GST_PAD_PROBE_TYPE_PUSH.rawValue
        gst_pad_add_probe(
            pad, GstPadProbeType(rawValue: kinds),
            { _, info, _ in
                guard let query = gst_pad_probe_info_get_query(info), query.pointee.type == GST_QUERY_ALLOCATION,
                    StrideOffer.isAboutPixels(query)
                else { return GST_PAD_PROBE_OK }
                gst_query_add_allocation_meta(query, gst_video_meta_api_get_type(), nil)
                return GST_PAD_PROBE_HANDLED
            }, nil, nil)
    }

    private static func isAboutPixels(_ query: UnsafeMutablePointer<GstQuery>) -> Bool {
        var caps: UnsafeMutablePointer<GstCaps>?
        gst_query_parse_allocation(query, &caps, nil)
        guard let caps, let structure = gst_caps_get_structure(caps, 0) else { return false }
        return gst_structure_has_name(structure, "video/x-raw") != 0
    }
}
