internal import CGStreamer

/// Counts what comes to a queue that may lose it: the queue itself counts nothing.
enum OfferProbe {
    static func install(on queue: UnsafeMutablePointer<GstElement>, counting counts: OutletCounts) {
        guard let pad = gst_element_get_static_pad(queue, "sink") else { return }
        defer { gst_object_unref(pad) }
        gst_pad_add_probe(
            pad, GST_PAD_PROBE_TYPE_BUFFER,
            { _, _, context in
                if let context { Unmanaged<OutletCounts>.fromOpaque(context).takeUnretainedValue().offer() }
                return GST_PAD_PROBE_OK
            }, Unmanaged.passRetained(counts).toOpaque(),
            { if let held = $0 { Unmanaged<OutletCounts>.fromOpaque(held).release() } })
    }
}
