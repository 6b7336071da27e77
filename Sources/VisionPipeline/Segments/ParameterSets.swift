internal import CGStreamer

/// What a decoder of H.264 or H.265 has to know before the first picture.
///
/// An MP4 file has it once, beside the pictures. In a byte stream, as MPEG-TS has it, it stands among them: who joins a stream
/// later, and each piece that `splitmuxsink` or `hlssink2` cuts off, needs it again. A camera's own is lost on the way where
/// a branch beside wants the form of MP4.
enum ParameterSets {
    /// Has these parsers say it before each keyframe where what follows takes a byte stream only.
    static func repeatWhereReadersJoin(_ parsers: [String], in pipeline: UnsafeMutablePointer<GstElement>) {
        guard let beside = gst_caps_from_string(besidePictures) else { return }
        defer { gst_caps_unref(beside) }
        for name in parsers {
            guard let parser = pipeline.child(named: name), let next = parser.pad(named: "src")?.peer,
                let taken = gst_pad_query_caps(next.pointer, nil)
            else { continue }
            defer { gst_caps_unref(taken) }
            if gst_caps_can_intersect(taken, beside) == 0 { parser.set("config-interval", Int32(-1)) }
        }
    }

    private static let besidePictures =
        "video/x-h264,stream-format={avc,avc3}; video/x-h265,stream-format={hvc1,hev1}"
}
