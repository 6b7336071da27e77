internal import CGStreamer

/// Answers for an appsink what it is asked before memory is made for pictures: that rows may be longer than what is in them.
///
/// GStreamer 1.22's appsink answers nothing. A decoder then takes it that its pictures must lie without a gap, and copies each;
/// so do cameras' drivers that pad rows. (libav's decoders in 1.22 copy all the same where the coded size is not the one shown, as
/// with 1080 lines of H.264, but not with 720 or 2160.)
enum StrideOffer {
    static func install(on sink: UnsafeMutablePointer<GstElement>) {
        sink.pad(named: "sink")?.probe(.queries) { info in
            guard let query = info.query, query.pointee.type == GST_QUERY_ALLOCATION, isAboutPixels(query) else {
                return .pass
            }
            gst_query_add_allocation_meta(query, gst_video_meta_api_get_type(), nil)
            return .handled
        }
    }

    private static func isAboutPixels(_ query: UnsafeMutablePointer<GstQuery>) -> Bool {
        var caps: UnsafeMutablePointer<GstCaps>?
        gst_query_parse_allocation(query, &caps, nil)
        guard let caps, let structure = gst_caps_get_structure(caps, 0) else { return false }
        return gst_structure_has_name(structure, "video/x-raw") != 0
    }
}
