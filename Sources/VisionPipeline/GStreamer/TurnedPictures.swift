internal import CGStreamer

/// Sees to it that pictures which an element turns are not turned once more for the viewer.
///
/// `videoflip video-direction=auto` puts pictures upright by their `image-orientation` tag and, in 1.22, passes the tag on as it
/// is. One that is told a direction is the plan's own word about how pictures lie. Behind both the tag says `rotate-0`.
enum TurnedPictures {
    /// Concerns every element that can turn pictures, whenever the pipeline gets it.
    static func install(on pipeline: UnsafeMutablePointer<GstElement>) {
        ElementWatch.install(on: pipeline) { element in
            let type = UnsafeMutableRawPointer(element).assumingMemoryBound(to: GTypeInstance.self)
            guard g_type_is_a(type.pointee.g_class.pointee.g_type, gst_video_direction_get_type()) != 0,
                let pad = element.pad(named: "src")
            else { return }
            pad.probe(.events) { info in
                if let tags = info.event?.tags, let element = gst_pad_get_parent_element(info.pad) {
                    if element.turnsPictures { correct(tags, in: info) }
                    gst_object_unref(element)
                }
                return .pass
            }
        }
    }

    private static func correct(_ tags: UnsafeMutablePointer<GstTagList>, in info: borrowing ProbeInfo) {
        guard gst_tag_list_get_tag_size(tags, Self.tag) > 0, let corrected = gst_tag_list_copy(tags) else { return }
        gst_tag_list_remove_tag(corrected, Self.tag)
        var value = GValue()
        g_value_init(&value, GObjectType.string)
        defer { g_value_unset(&value) }
        g_value_set_string(&value, "rotate-0")
        gst_tag_list_add_value(corrected, GST_TAG_MERGE_REPLACE, Self.tag, &value)
        // Takes the list.
        if let replacement = gst_event_new_tag(corrected) { info.replaceEvent(with: replacement) }
    }

    private static let tag = "image-orientation"
}

extension UnsafeMutablePointer<GstElement> {
    /// Whether it has been told to turn pictures, by a direction or by their tags.
    fileprivate var turnsPictures: Bool { enumeration("video-direction") ?? 0 != 0 }
}
