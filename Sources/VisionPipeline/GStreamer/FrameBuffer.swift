internal import CGStreamer

/// A frame as GStreamer has it: a buffer over the frame's own planes, which keeps the frame.
enum FrameBuffer {
    /// No pixel is copied. The memory is read-only: an element that works in place makes its own copy.
    ///
    /// - Parameter info: of the frame's caps.
    static func make(_ frame: Frame, _ info: GstVideoInfo) -> UnsafeMutablePointer<GstBuffer>? {
        guard let buffer = gst_buffer_new() else { return nil }
        frame.withPlanes { planes in
            if hasPlainLayout(planes, info), let first = planes.first {
                // As caps alone describe it: nobody has to know about strides.
                append(first.base, Int(info.size), of: frame, to: buffer)
                return
            }
            var offsets = InlineArray<4, gsize>(repeating: 0)
            var strides = InlineArray<4, gint>(repeating: 0)
            var offset = 0
            for (index, plane) in planes.enumerated() {
                // The last row may end where the memory ends.
                let size = plane.stride * max(plane.height - 1, 0) + plane.width
                append(plane.base, size, of: frame, to: buffer)
                offsets[index] = gsize(offset)
                strides[index] = gint(clamping: plane.stride)
                offset += size
            }
            var count = planes.count
            if frame.format == .gray8, info.finfo.pointee.format == GST_VIDEO_FORMAT_I420 {
                // Both planes of colour lie in the same bytes: none of it is any colour.
                let stride = (frame.width + 1) / 2
                guard let chroma = NeutralChroma.memory(stride * ((frame.height + 1) / 2)) else { return }
                gst_buffer_append_memory(buffer, chroma)
                for plane in 1...2 { (offsets[plane], strides[plane]) = (gsize(offset), gint(clamping: stride)) }
                count = 3
            }
            let details = info.finfo.pointee.format
            offsets.span.withUnsafeBufferPointer { offsets in
                strides.span.withUnsafeBufferPointer { strides in
                    _ = gst_buffer_add_video_meta_full(
                        buffer, GST_VIDEO_FRAME_FLAG_NONE, details, guint(clamping: frame.width),
                        guint(clamping: frame.height),
                        guint(count), UnsafeMutablePointer(mutating: offsets.baseAddress),
                        UnsafeMutablePointer(mutating: strides.baseAddress))
                }
            }
        }
        return buffer
    }

    private static func append(
        _ base: UnsafeRawPointer, _ size: Int, of frame: Frame, to buffer: UnsafeMutablePointer<GstBuffer>
    ) {
        let memory = gst_memory_new_wrapped(
            GST_MEMORY_FLAG_READONLY, UnsafeMutableRawPointer(mutating: base), gsize(size), 0, gsize(size),
            Unmanaged.passRetained(frame).toOpaque(),
            { if let held = $0 { Unmanaged<Frame>.fromOpaque(held).release() } })
        gst_buffer_append_memory(buffer, memory)
    }

    /// One block, laid out as `info` has it, without a gap behind any row.
    private static func hasPlainLayout(_ planes: Planes, _ info: GstVideoInfo) -> Bool {
        // C arrays import as tuples; these have four elements (GST_VIDEO_MAX_PLANES).
        let strides = withUnsafeBytes(of: info.stride) { bytes in
            let all = bytes.bindMemory(to: gint.self)
            return InlineArray<3, Int> { Int(all[$0]) }
        }
        let offsets = withUnsafeBytes(of: info.offset) { bytes in
            let all = bytes.bindMemory(to: gsize.self)
            return InlineArray<3, Int> { Int(clamping: all[$0]) }
        }
        guard let first = planes.first, let last = planes.last else { return false }
        for (index, plane) in planes.enumerated() {
            guard plane.stride == strides[index], plane.stride == plane.width, plane.base == first.base + offsets[index]
            else { return false }
        }
        return last.base + last.stride * last.height == first.base + Int(info.size)
    }
}
