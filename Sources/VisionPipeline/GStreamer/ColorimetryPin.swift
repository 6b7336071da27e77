internal import CGStreamer

/// Sees to it that a conversion to I420 changes neither range nor matrix, or makes them known.
///
/// On its own, videoconvert fills in what the target's caps leave open by the picture's size. When the caps that
/// come in are known, those that go out are narrowed:
/// - I420 and NV12 pass as they are; GRAY8 too, so that GRAY8 is never made from anything else (1.22 gets its range wrong);
/// - other YUV (4:2:2, 10 bit, …) keeps its own colorimetry in I420;
/// - RGB becomes what JPEG has: full range, BT.601; wide primaries and high dynamic range stay, until a viewer's picture is made.
enum ColorimetryPin {
    /// - Parameter filter: the capsfilter behind `convert`.
    static func install(on convert: UnsafeMutablePointer<GstElement>, filter: UnsafeMutablePointer<GstElement>) {
        let pinnedPad = filter.pad(named: "sink")
        convert.pad(named: "sink")?.probe(.events) { info in
            if let caps = info.event?.caps, let filter = pinnedPad?.parent, let text = pinnedCaps(for: caps),
                let pinned = gst_caps_from_string(text)
            {
                defer { gst_caps_unref(pinned) }
                // Setting caps makes the source negotiate anew, which brings the next CAPS event here: without
                // this the two go on for ever, and each time the leaky queue has to run empty first.
                if !filter.hasCaps(pinned) { filter.set("caps", pinned) }
            }
            return .pass
        }
    }

    private static func pinnedCaps(for caps: UnsafeMutablePointer<GstCaps>) -> String? {
        var info = GstVideoInfo()
        guard gst_video_info_from_caps(&info, caps) != 0, let details = info.finfo else { return nil }
        switch details.pointee.format {
        case GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_NV12:
            return "video/x-raw,format={I420,NV12}"
        case GST_VIDEO_FORMAT_GRAY8:
            return "video/x-raw,format=GRAY8"
        default:
            if details.pointee.flags.rawValue & GST_VIDEO_FORMAT_FLAG_RGB.rawValue != 0 {
                // range 0_255, matrix bt601, transfer sRGB, primaries bt709
                guard Colorimetry(info.colorimetry, height: Int(info.height)).isWide else {
                    return "video/x-raw,format=I420,colorimetry=(string)1:4:7:1"
                }
                let (transfer, primaries) = (info.colorimetry.transfer.rawValue, info.colorimetry.primaries.rawValue)
                return "video/x-raw,format=I420,colorimetry=(string)1:4:\(transfer):\(primaries)"
            }
            guard let text = gst_video_colorimetry_to_string(&info.colorimetry) else {
                return "video/x-raw,format={I420,NV12}"
            }
            defer { g_free(text) }
            return "video/x-raw,format=I420,colorimetry=(string)\(String(cString: text))"
        }
    }
}
