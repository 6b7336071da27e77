internal import CGStreamer

/// The caps of what goes into a branch, and what follows from them; made once for each caps.
final class StreamCaps: @unchecked Sendable {  // immutable; GstCaps that are shared are never changed
    let pointer: UnsafeMutablePointer<GstCaps>
    let media: Media
    /// A buffer is one whole picture of a video, so that no two of them may have the same time.
    let isWhole: Bool

    /// What buffers are, as far as it says which of them may be lost and how their times are mended.
    enum Media: Hashable, Sendable {
        /// Raw video: large, each picture by itself.
        case pixels
        /// Coded pictures, each by itself.
        case pictures
        /// Pictures that others are needed for: what follows a lost one is of no use before the next keyframe.
        case video
        case sound
        /// Subtitles and the like, packets of a transport, bytes.
        case other
    }

    /// - Parameter caps: borrowed.
    init(_ caps: UnsafeMutablePointer<GstCaps>) {
        pointer = gst_caps_ref(caps)
        let type = Self.mediaType(of: caps)
        media = type.map { Self.media(of: $0) } ?? .other
        isWhole = media == .video && Self.isAligned(caps, type)
    }

    deinit { gst_caps_unref(pointer) }

    static func media(of type: String) -> Media {
        if type == "video/x-raw" { return .pixels }
        if type.hasPrefix("image/") || type == "video/x-bayer" { return .pictures }
        if type.hasPrefix("audio/") { return .sound }
        let isContainer = ["video/mpegts", "video/quicktime", "video/webm", "video/x-matroska", "video/x-flv"]
            .contains(type)
        return type.hasPrefix("video/") && !isContainer ? .video : .other
    }

    /// Where nothing is said of alignment, it is a matter of course, but for H.264 and H.265.
    private static func isAligned(_ caps: UnsafeMutablePointer<GstCaps>, _ type: String?) -> Bool {
        guard let structure = gst_caps_get_structure(caps, 0),
            let alignment = gst_structure_get_string(structure, "alignment")
        else { return type != "video/x-h264" && type != "video/x-h265" }
        return String(cString: alignment) == "au"
    }

    /// What a muxer or an encoder cannot go on with when it changes in the middle. Rate and level, say, are no such thing: a
    /// parser finds them out as it goes.
    private static let deciding = [
        "width", "height", "format", "stream-format", "alignment", "codec_data", "pixel-aspect-ratio", "mpegversion",
        "systemstream", "layout", "rate", "channels", "encoding-name", "interlace-mode", "streamheader",
    ]

    /// Whether a file, once begun, can go on with these caps.
    func continues(_ other: StreamCaps) -> Bool {
        if pointer == other.pointer || gst_caps_is_equal(pointer, other.pointer) != 0 { return true }
        guard gst_caps_get_size(pointer) == 1, gst_caps_get_size(other.pointer) == 1,
            let one = gst_caps_get_structure(pointer, 0), let two = gst_caps_get_structure(other.pointer, 0),
            Self.mediaType(of: pointer) == Self.mediaType(of: other.pointer)
        else { return false }
        return Self.deciding.allSatisfy { field in
            switch (gst_structure_get_value(one, field), gst_structure_get_value(two, field)) {
            case (nil, nil): true
            case (let one?, let two?): gst_value_compare(one, two) == GST_VALUE_EQUAL
            // Found out only now: nothing is different.
            default: field == "pixel-aspect-ratio" || field == "interlace-mode"
            }
        }
    }

    private static func mediaType(of caps: UnsafeMutablePointer<GstCaps>) -> String? {
        guard gst_caps_is_any(caps) == 0, gst_caps_get_size(caps) > 0,
            let name = gst_caps_get_structure(caps, 0).flatMap({ gst_structure_get_name($0) })
        else { return nil }
        return String(cString: name)
    }
}
