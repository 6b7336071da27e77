internal import CGStreamer

/// What is said about a stream beside its caps: how its pictures lie, a title. Where a stream goes on in another pipeline, this does
/// with it.
final class StreamTags: @unchecked Sendable {  // immutable, and so are lists that an event has brought
    /// Of the stream, and of the whole file; owned.
    private let lists: [UnsafeMutablePointer<GstTagList>]

    /// - Parameter event: of tags; others of the same scope are replaced by them.
    private init(_ event: UnsafeMutablePointer<GstTagList>, after others: StreamTags?) {
        let scope = gst_tag_list_get_scope(event)
        lists = (others?.lists.filter { gst_tag_list_get_scope($0) != scope } ?? []) + [event]
        for list in lists { gst_tag_list_ref(list) }
    }

    deinit {
        for list in lists { gst_tag_list_unref(list) }
    }

    /// What is known after an event; parsers tell the same again and again.
    static func known(
        after event: UnsafeMutablePointer<GstEvent>, _ before: StreamTags?
    ) -> StreamTags? {
        if event.pointee.type == GST_EVENT_STREAM_START { return nil }
        guard let list = event.tags, before?.holds(list) != true else { return before }
        return StreamTags(list, after: before)
    }

    private func holds(_ list: UnsafeMutablePointer<GstTagList>) -> Bool {
        lists.contains {
            gst_tag_list_get_scope($0) == gst_tag_list_get_scope(list) && gst_tag_list_is_equal($0, list) != 0
        }
    }

    /// Before the buffers that are pushed from now on.
    func send(to source: AppSource) {
        for list in lists { gst_element_send_event(source.element, gst_event_new_tag(gst_tag_list_ref(list))) }
    }
}
