internal import CGStreamer

extension UnsafeMutablePointer<GstElement> {
    /// An element of a bin, or of a bin in it; borrowed, and valid as long as it stays there. Nil where there is none.
    func child(named name: String) -> UnsafeMutablePointer<GstElement>? {
        withMemoryRebound(to: GstBin.self, capacity: 1) { bin in
            guard let element = gst_bin_get_by_name(bin, name) else { return nil }
            gst_object_unref(element)
            return element
        }
    }
}
