internal import CGStreamer

/// Shows each answer of an RTSP server to whoever wants to see it, before rtspsrc does what it says.
///
/// rtspsrc asks extensions for that: elements of a class of their own, which it finds in the registry and makes one of each for itself.
enum RTSPAnswers {
    /// Once, before there is any rtspsrc. `RTSPSession.answered` is called on rtspsrc's own thread then.
    static func register() {
        let parent = gst_element_get_type()
        var query = GTypeQuery()
        g_type_query(parent, &query)
        let type = g_type_register_static_simple(
            parent, "StreamTapRTSPAnswers", guint(query.class_size),
            { raw, _ in
                gst_element_class_set_metadata(
                    raw?.assumingMemoryBound(to: GstElementClass.self), "Answers of RTSP servers",
                    "Network/Extension/Protocol", "Shows them before they are obeyed", "StreamTap")
            }, guint(query.instance_size), nil, GTypeFlags(rawValue: 0))
        var interface = GInterfaceInfo(
            interface_init: { raw, _ in
                raw?.assumingMemoryBound(to: GstRTSPExtensionInterface.self).pointee.after_send = {
                    _, request, response in
                    if let request, let response { RTSPSession.answered(request, response) }
                    return GST_RTSP_OK
                }
            }, interface_finalize: nil, interface_data: nil)
        g_type_add_interface_static(type, gst_rtsp_extension_get_type(), &interface)
        gst_element_register(nil, "streamtaprtspanswers", guint(GST_RANK_MARGINAL.rawValue), type)
    }
}

extension UnsafeMutablePointer<GstRTSPMessage> {
    /// Of a request; nil for an answer.
    var method: GstRTSPMethod? {
        pointee.type == GST_RTSP_MESSAGE_REQUEST ? pointee.type_data.request.method : nil
    }

    /// The status that was answered with.
    var status: UInt32 { pointee.type_data.response.code.rawValue }

    /// Every value of a header.
    func values(_ header: GstRTSPHeaderField) -> [String] {
        var values: [String] = []
        var value: UnsafeMutablePointer<gchar>?
        // A server may send as many as it likes.
        while values.count < 16, gst_rtsp_message_get_header(self, header, &value, gint(values.count)) == GST_RTSP_OK,
            let value
        {
            values.append(String(cString: value))
        }
        return values
    }

    /// Has a header with this value only; nil: none.
    func set(_ header: GstRTSPHeaderField, _ value: String?) {
        gst_rtsp_message_remove_header(self, header, -1)
        if let value { gst_rtsp_message_add_header(self, header, value) }
    }

    func removeBody() {
        var data: UnsafeMutablePointer<guint8>?
        var size: guint = 0
        guard gst_rtsp_message_steal_body(self, &data, &size) == GST_RTSP_OK else { return }
        g_free(data)
    }
}
