internal import CGStreamer

/// A GstBuffer mapped for reading as bytes; unmapped with its last holder.
final class MappedBytes: @unchecked Sendable {  // mapped read-only in init, touched again only in deinit
    private let buffer: UnsafeMutablePointer<GstBuffer>
    private var map = GstMapInfo()
    private let lease: BufferLease?

    init?(_ buffer: UnsafeMutablePointer<GstBuffer>, lease: BufferLease?) {
        guard gst_buffer_map(buffer, &map, GST_MAP_READ) != 0 else { return nil }
        self.buffer = gst_buffer_ref(buffer)
        self.lease = lease
    }

    deinit {
        gst_buffer_unmap(buffer, &map)
        gst_buffer_unref(buffer)
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: map.data, count: Int(map.size)) }
}
