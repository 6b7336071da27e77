internal import CGStreamer

/// Keeps pictures away from a decoder that claim to be larger than allowed: 2 kB of JPEG can ask for a gigabyte.
enum JPEGGuard {
    static func install(on decoder: UnsafeMutablePointer<GstElement>, limit: PictureLimit) {
        guard let pad = gst_element_get_static_pad(decoder, "sink") else { return }
        defer { gst_object_unref(pad) }
        let context = Unmanaged.passRetained(Context(limit)).toOpaque()
        gst_pad_add_probe(
            pad, GST_PAD_PROBE_TYPE_BUFFER,
            { _, info, context in
                guard let buffer = gst_pad_probe_info_get_buffer(info), let context else { return GST_PAD_PROBE_OK }
                let limit = Unmanaged<Context>.fromOpaque(context).takeUnretainedValue().limit
                var map = GstMapInfo()
                guard gst_buffer_map(buffer, &map, GST_MAP_READ) != 0 else { return GST_PAD_PROBE_DROP }
                defer { gst_buffer_unmap(buffer, &map) }
                let header = JPEGHeader(UnsafeRawBufferPointer(start: map.data, count: Int(map.size)))
                let isSound = header.map { limit.allows(width: $0.width, height: $0.height) } ?? false
                return isSound ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP
            }, context, { if let held = $0 { Unmanaged<Context>.fromOpaque(held).release() } })
    }

    private final class Context: Sendable {
        let limit: PictureLimit
        init(_ limit: PictureLimit) { self.limit = limit }
    }
}
