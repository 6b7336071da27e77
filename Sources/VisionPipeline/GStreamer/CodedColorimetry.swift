internal import CGStreamer

/// The colorimetry of decoded video, from its caps and its bitstream.
enum CodedColorimetry {
    /// What caps ought to say; nil where they say it.
    ///
    /// What neither names follows ITU-R practice: BT.601 below 720 lines, BT.709 above.
    ///
    /// - Parameter isChanged: the caps are of pictures before, and know nothing that `coded` does not say.
    static func text(
        for caps: UnsafeMutablePointer<GstCaps>, coded: CodedColor?, isChanged: Bool = false
    ) -> String? {
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
        // RGB has no matrix; of what is coded as RGB nothing has to be completed.
        guard known.matrix != GST_VIDEO_COLOR_MATRIX_RGB else { return nil }
        var matrix = isChanged ? GST_VIDEO_COLOR_MATRIX_UNKNOWN : known.matrix
        if let named = coded.flatMap({ Self.matrix($0.matrix) }) { matrix = named }
        if matrix == GST_VIDEO_COLOR_MATRIX_UNKNOWN {
            matrix = height < 720 ? GST_VIDEO_COLOR_MATRIX_BT601 : GST_VIDEO_COLOR_MATRIX_BT709
        }
        guard known.range != range || known.matrix != matrix else { return nil }
        return "\(range.rawValue):\(matrix.rawValue):\(known.transfer.rawValue):\(known.primaries.rawValue)"
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
