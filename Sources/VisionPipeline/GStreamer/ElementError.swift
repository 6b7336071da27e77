internal import CGStreamer

extension UnsafeMutablePointer<GstElement> {
    /// What an error is about, as GStreamer sorts them.
    enum ErrorKind {
        /// What the stream holds cannot be used.
        case format
        /// What the other end asks for is not done.
        case settings
    }

    /// Posts an error of this element, which ends the pipeline as one of its own would.
    ///
    /// - Parameter words: for people.
    func post(_ kind: ErrorKind, _ words: String, file: StaticString = #fileID, line: Int = #line) {
        let (domain, code) =
            switch kind {
            case .format: (gst_stream_error_quark(), gint(GST_STREAM_ERROR_FORMAT.rawValue))
            case .settings: (gst_resource_error_quark(), gint(GST_RESOURCE_ERROR_SETTINGS.rawValue))
            }
        // Takes the text.
        gst_element_message_full(
            self, GST_MESSAGE_ERROR, domain, code, g_strdup(words), nil, "\(file)", "", gint(line))
    }
}
