internal import CGStreamer

/// Hands on frame headers of JPEG whole where bytes come cut wherever a read ended: the end of a buffer that may be the beginning of
/// one waits for the next.
struct FrameHeaderJoint: ~Copyable {
    enum Result {
        /// The buffer is to go on as it is.
        case same
        /// Another is to take its place; owned.
        case other(UnsafeMutablePointer<GstBuffer>)
        /// Nothing goes on yet.
        case nothing
    }

    /// A few bytes.
    private var waiting: UnsafeMutablePointer<GstBuffer>?

    deinit { if let waiting { gst_buffer_unref(waiting) } }

    /// Another stream begins.
    mutating func forget() { if let waiting = waiting.take() { gst_buffer_unref(waiting) } }

    /// - Parameter buffer: borrowed.
    mutating func joined(_ buffer: UnsafeMutablePointer<GstBuffer>) -> Result {
        var whole = buffer
        var isOwn = false
        if let waiting = waiting.take() {
            guard let joint = gst_buffer_append(waiting, gst_buffer_ref(buffer)) else { return .same }
            gst_buffer_copy_into(joint, buffer, Self.metadata, 0, gsize.max)
            (whole, isOwn) = (joint, true)
        }
        let (size, left) = Self.measure(whole)
        guard left > 0 else { return isOwn ? .other(whole) : .same }
        waiting = Self.region(of: whole, from: size - left, left)
        let result = size > left ? Self.region(of: whole, from: 0, size - left) : nil
        if isOwn { gst_buffer_unref(whole) }
        return result.map { .other($0) } ?? .nothing
    }

    private static let metadata = GstBufferCopyFlags(
        rawValue: GST_BUFFER_COPY_FLAGS.rawValue | GST_BUFFER_COPY_TIMESTAMPS.rawValue)

    private static func region(
        of buffer: UnsafeMutablePointer<GstBuffer>, from offset: Int, _ count: Int
    ) -> UnsafeMutablePointer<GstBuffer>? {
        let flags = GstBufferCopyFlags(rawValue: metadata.rawValue | GST_BUFFER_COPY_MEMORY.rawValue)
        return gst_buffer_copy_region(buffer, flags, gsize(offset), gsize(count))
    }

    private static func measure(_ buffer: UnsafeMutablePointer<GstBuffer>) -> (size: Int, left: Int) {
        var map = GstMapInfo()
        guard gst_buffer_map(buffer, &map, GST_MAP_READ) != 0 else { return (0, 0) }
        defer { gst_buffer_unmap(buffer, &map) }
        let bytes = UnsafeRawBufferPointer(start: map.data, count: Int(map.size))
        return (bytes.count, JPEGReader.bytesOfHeader(atEndOf: bytes))
    }
}
