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
            gst_pad_add_probe(
                pad.pointer, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
                { pad, info, _ in
                    guard let info, let pad, let element = gst_pad_get_parent_element(pad) else {
                        return GST_PAD_PROBE_OK
                    }
                    defer { gst_object_unref(element) }
                    if element.turnsPictures { TurnedPictures.correct(info) }
                    return GST_PAD_PROBE_OK
                }, nil, nil)
        }
    }

    private static func correct(_ info: UnsafeMutablePointer<GstPadProbeInfo>) {
        guard let event = gst_pad_probe_info_get_event(info), event.pointee.type == GST_EVENT_TAG else { return }
        var tags: UnsafeMutablePointer<GstTagList>?
        gst_event_parse_tag(event, &tags)
        guard let tags, gst_tag_list_get_tag_size(tags, Self.tag) > 0, let corrected = gst_tag_list_copy(tags) else {
            return
        }
        gst_tag_list_remove_tag(corrected, Self.tag)
        var value = GValue()
        g_value_init(&value, GObjectType.string)
        defer { g_value_unset(&value) }
        g_value_set_string(&value, "rotate-0")
        gst_tag_list_add_value(corrected, GST_TAG_MERGE_REPLACE, Self.tag, &value)
        // Takes the list.
        guard let replacement = gst_event_new_tag(corrected) else { return }
        gst_event_set_seqnum(replacement, gst_event_get_seqnum(event))
        gst_event_unref(event)
        info.pointee.data = UnsafeMutableRawPointer(replacement)
    }

    private static let tag = "image-orientation"
}

extension UnsafeMutablePointer<GstElement> {
    /// Whether it has been told to turn pictures, by a direction or by their tags.
    fileprivate var turnsPictures: Bool { enumeration("video-direction") ?? 0 != 0 }
}
