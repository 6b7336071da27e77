internal import CGStreamer

/// How a stream's pictures lie, as its `image-orientation` tags say: a container's rotation, or Exif that a parser has read.
///
/// Elements that turn pictures themselves say `rotate-0` behind them.
final class StreamOrientation: @unchecked Sendable {
    // Everything belongs to the streaming thread of the pad that it listens at.

    /// A stream's own tag counts more than one about the whole file.
    private var ofStream: Orientation?
    private var ofFile: Orientation?
    /// Whether a tag only repeats what the pictures themselves say; nil: not compared yet.
    private var isEcho: Bool?

    /// Listens at the pad that samples come to.
    static func install(on sink: UnsafeMutablePointer<GstElement>) -> StreamOrientation {
        let orientation = StreamOrientation()
        sink.pad(named: "sink")?.probe(.events) { info in
            if let event = info.event { orientation.note(event) }
            return .pass
        }
        return orientation
    }

    /// Of pictures that say nothing of it themselves.
    var ofPixels: Orientation { ofStream ?? ofFile ?? .upright }

    /// Of a JPEG, which may say it too: what is said twice is done once, and where both differ the stream is right.
    ///
    /// - Parameter exif: 1 where it says nothing.
    func ofPicture(exif: Int) -> Orientation {
        let own = Orientation(rawValue: exif) ?? .upright
        guard let tag = ofStream ?? ofFile else { return own }
        // A parser makes a tag of each picture's Exif, and none of a picture without.
        let isEcho = self.isEcho ?? (tag == own)
        self.isEcho = isEcho
        return isEcho ? own : tag
    }

    private func note(_ event: UnsafeMutablePointer<GstEvent>) {
        switch event.pointee.type {
        case GST_EVENT_STREAM_START: (ofStream, ofFile, isEcho) = (nil, nil, nil)
        case GST_EVENT_TAG:
            guard let tags = event.tags, let said = Self.orientation(in: tags) else { return }
            if gst_tag_list_get_scope(tags) == GST_TAG_SCOPE_GLOBAL { ofFile = said } else { ofStream = said }
            isEcho = nil
        default: break
        }
    }

    private static func orientation(in tags: UnsafeMutablePointer<GstTagList>) -> Orientation? {
        var text: UnsafeMutablePointer<gchar>?
        guard gst_tag_list_get_string(tags, "image-orientation", &text) != 0, let text else { return nil }
        defer { g_free(text) }
        return Orientation(tag: String(cString: text))
    }
}
