internal import CGStreamer

/// What a decoder says of its pictures, put right.
enum DecodedCaps {
    /// A copy whose colorimetry is complete and true, and whose rate is one; nil where nothing is wrong. The caller's own.
    ///
    /// - Parameter coded: what the bitstream says of colours.
    static func corrected(
        _ caps: UnsafeMutablePointer<GstCaps>, coded: CodedColor?
    ) -> UnsafeMutablePointer<GstCaps>? {
        let colorimetry = CodedColorimetry.text(for: caps, coded: coded)
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

    /// A damaged parameter set can name a negative one, which no element takes.
    private static func hasPossibleRate(_ caps: UnsafeMutablePointer<GstCaps>) -> Bool {
        var (numerator, denominator) = (gint(0), gint(1))
        guard let structure = gst_caps_get_structure(caps, 0),
            gst_structure_get_fraction(structure, "framerate", &numerator, &denominator) != 0
        else { return true }
        return numerator >= 0 && denominator > 0
    }
}
