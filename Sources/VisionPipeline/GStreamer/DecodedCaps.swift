internal import CGStreamer

/// What a decoder says of its pictures, put right.
enum DecodedCaps {
    /// A copy whose colorimetry is complete and true, and whose rate is one; nil where nothing is wrong. The caller's own.
    ///
    /// - Parameters:
    ///   - coded: what the bitstream says of colours.
    ///   - isChanged: the caps are of pictures before, and know nothing that `coded` does not say.
    static func corrected(
        _ caps: UnsafeMutablePointer<GstCaps>, coded: CodedColor?, isChanged: Bool = false
    ) -> UnsafeMutablePointer<GstCaps>? {
        let colorimetry = CodedColorimetry.text(for: caps, coded: coded, isChanged: isChanged)
        let hasRate = hasPossibleRate(caps)
        guard colorimetry != nil || !hasRate, let corrected = gst_caps_copy(caps) else { return nil }
        var value = GValue()
        if let colorimetry {
            g_value_init(&value, GObjectType.string)
            g_value_set_string(&value, colorimetry)
            gst_caps_set_value(corrected, "colorimetry", &value)
            g_value_unset(&value)
        }
        if !hasRate {
            // 0/1: as they come.
            g_value_init(&value, gst_fraction_get_type())
            gst_value_set_fraction(&value, 0, 1)
            gst_caps_set_value(corrected, "framerate", &value)
            g_value_unset(&value)
        }
        return corrected
    }

    /// Of raw video, pixels.
    static func size(_ caps: UnsafeMutablePointer<GstCaps>) -> CodedSize? {
        var (width, height) = (gint(0), gint(0))
        guard let structure = gst_caps_get_structure(caps, 0), gst_structure_has_name(structure, "video/x-raw") != 0,
            gst_structure_get_int(structure, "width", &width) != 0,
            gst_structure_get_int(structure, "height", &height) != 0
        else { return nil }
        return CodedSize(width: Int(width), height: Int(height))
    }

    /// A damaged parameter set can name a negative one, which no element takes.
    private static func hasPossibleRate(_ caps: UnsafeMutablePointer<GstCaps>) -> Bool {
        var (numerator, denominator) = (gint(0), gint(1))
        guard let structure = gst_caps_get_structure(caps, 0),
            gst_structure_get_fraction(structure, "framerate", &numerator, &denominator) != 0
        else { return true }
        return numerator >= 0 && denominator > 0
    }
}
