internal import CGStreamer

/// The colorimetry of decoded video, from its caps and its bitstream.
enum CodedColorimetry {
    /// What caps ought to say; nil where they say it.
    ///
    /// What neither names follows ITU-R practice: BT.601 below 720 lines, BT.709 above.
    static func text(for caps: UnsafeMutablePointer<GstCaps>, coded: CodedColor?) -> String? {
        guard let structure = gst_caps_get_structure(caps, 0), gst_structure_has_name(structure, "video/x-raw") != 0
        else {
            return nil
        }
        var known = GstVideoColorimetry()
        let written = gst_structure_get_string(structure, "colorimetry")
        if let written { _ = gst_video_colorimetry_from_string(&known, written) }
        var height: gint = 0
        gst_structure_get_int(structure, "height", &height)
        let range =
            coded.map { $0.isFullRange ? GST_VIDEO_COLOR_RANGE_0_255 : GST_VIDEO_COLOR_RANGE_16_235 } ?? known.range
        guard range != GST_VIDEO_COLOR_RANGE_UNKNOWN else { return nil }
        var matrix = known.matrix
        if let named = coded.flatMap({ Self.matrix($0.matrix) }) { matrix = named }
        // RGB has no matrix; of what is coded as RGB nothing has to be completed.
        guard matrix != GST_VIDEO_COLOR_MATRIX_RGB else { return nil }
        if matrix == GST_VIDEO_COLOR_MATRIX_UNKNOWN {
            matrix = height < 720 ? GST_VIDEO_COLOR_MATRIX_BT601 : GST_VIDEO_COLOR_MATRIX_BT709
        }
        guard known.range != range || known.matrix != matrix else { return nil }
        return "\(range.rawValue):\(matrix.rawValue):\(known.transfer.rawValue):\(known.primaries.rawValue)"
    }

    /// Puts caps in the place of those of a CAPS event whose colorimetry is complete and true.
    static func correct(_ info: UnsafeMutablePointer<GstPadProbeInfo>, coded: CodedColor?) {
        guard let event = gst_pad_probe_info_get_event(info) else { return }
        var given: UnsafeMutablePointer<GstCaps>?
        gst_event_parse_caps(event, &given)
        guard let given, let text = text(for: given, coded: coded), let corrected = gst_caps_copy(given) else { return }
        defer { gst_caps_unref(corrected) }
        var value = GValue()
        g_value_init(&value, GObjectType.string)
        defer { g_value_unset(&value) }
        g_value_set_string(&value, text)
        gst_caps_set_value(corrected, "colorimetry", &value)
        guard let replacement = gst_event_new_caps(corrected) else { return }
        gst_event_set_seqnum(replacement, gst_event_get_seqnum(event))
        gst_event_unref(event)
        info.pointee.data = UnsafeMutableRawPointer(replacement)
    }

    /// matrix_coefficients (ITU-T H.273, table 4); nil for those that say nothing.
    private static func matrix(_ coefficients: Int) -> GstVideoColorMatrix? {
        switch coefficients {
        case 1: GST_VIDEO_COLOR_MATRIX_BT709
        case 4: GST_VIDEO_COLOR_MATRIX_FCC
        case 5, 6: GST_VIDEO_COLOR_MATRIX_BT601
        case 7: GST_VIDEO_COLOR_MATRIX_SMPTE240M
        case 9: GST_VIDEO_COLOR_MATRIX_BT2020
        default: nil
        }
    }
}
