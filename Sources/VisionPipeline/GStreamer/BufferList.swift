internal import CGStreamer

enum BufferList {
    /// A list without those buffers that are not to be kept.
    ///
    /// - Parameter list: owned, as what is returned is.
    static func keeping(
        in list: OpaquePointer, _ isKept: (UnsafeMutablePointer<GstBuffer>) -> Bool
    ) -> UnsafeMutableRawPointer {
        var list = list
        var index = guint(0)
        while index < gst_buffer_list_length(list) {
            if gst_buffer_list_get(list, index).map(isKept) ?? true {
                index += 1
            } else {
                let head = UnsafeMutableRawPointer(list).assumingMemoryBound(to: GstMiniObject.self)
                if let writable = gst_mini_object_make_writable(head) { list = OpaquePointer(writable) }
                gst_buffer_list_remove(list, index, 1)
            }
        }
        return UnsafeMutableRawPointer(list)
    }
}
