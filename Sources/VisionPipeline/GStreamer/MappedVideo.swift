internal import CGStreamer

/// A GstBuffer mapped for reading as video; unmapped with its holder.
///
/// What a buffer's GstVideoMeta says comes from whichever element made it. Here it is judged, once: planes have the size of the
/// caps, whatever the buffer has around them, and lie within the memory that was mapped.
struct MappedVideo: ~Copyable {
    private var mapped: GstVideoFrame
    private let lease: BufferLease?
    /// Of the picture, pixels: what the caps say. The map has the size of the buffer, which may be larger.
    private let (width, height): (Int, Int)
    /// Where the picture begins in the buffer.
    private let origin: (x: Int, y: Int)

    /// Nil when the buffer is smaller than its caps say, is described as something else, or cannot be mapped.
    init?(_ buffer: UnsafeMutablePointer<GstBuffer>, _ format: inout VideoFormat, lease: BufferLease?) {
        let flags = GstMapFlags(rawValue: GST_MAP_READ.rawValue)
        var mapped = GstVideoFrame()
        guard Self.isDescribed(buffer, as: format.info), let origin = Self.origin(in: buffer, of: format),
            gst_video_frame_map(&mapped, &format.info, buffer, flags) != 0
        else { return nil }
        self.mapped = mapped
        self.lease = lease
        (width, height) = (format.width, format.height)
        self.origin = origin
    }

    deinit {
        // Only C asks for a place that it may write to.
        var mapped = mapped
        gst_video_frame_unmap(&mapped)
    }

    /// The picture's planes; nil when one has rows shorter than the picture's, or ends behind its memory.
    func planes(_ format: PixelFormat) -> Planes? {
        func plane(_ index: Int, step: Int = 1) -> Plane? {
            let size = format.planeSize(index, width: width, height: height)
            let isLuma = index == 0
            return rows(
                index, width: size.width, height: size.height, x: isLuma ? origin.x : origin.x / 2 * step,
                y: isLuma ? origin.y : origin.y / 2)
        }
        guard let luma = plane(0) else { return nil }
        switch format {
        case .gray8, .jpeg:
            return Planes(luma)
        case .nv12:
            guard let chroma = plane(1, step: 2) else { return nil }
            return Planes(luma, chroma)
        case .i420:
            guard let u = plane(1), let v = plane(2) else { return nil }
            return Planes(luma, u, v)
        }
    }

    /// - Parameters:
    ///   - width: bytes in a row.
    ///   - x: bytes before the first sample in each row.
    ///   - y: rows before the first.
    private func rows(_ index: Int, width: Int, height: Int, x: Int, y: Int) -> Plane? {
        // C arrays import as tuples; these have four elements (GST_VIDEO_MAX_PLANES).
        let base = withUnsafeBytes(of: mapped.data) { $0.bindMemory(to: gpointer?.self)[index] }
        let stride = withUnsafeBytes(of: mapped.info.stride) { Int($0.bindMemory(to: gint.self)[index]) }
        // Without a meta all planes lie in one map, with one each has its own.
        let map = withUnsafeBytes(of: mapped.map) { $0.bindMemory(to: GstMapInfo.self)[mapped.meta == nil ? 0 : index] }
        guard let base, let memory = map.data, width > 0, height > 0 else { return nil }
        let start = UnsafeRawPointer(base) - UnsafeRawPointer(memory)
        // Widths and strides have 31 bits and heights too: nothing here overflows 64.
        let end = start + (y + height - 1) * stride + x + width
        guard stride >= x + width, start >= 0, end <= Int(clamping: map.size) else { return nil }
        return Plane(
            base: UnsafeRawPointer(base) + y * stride + x, stride: stride, width: width, height: height)
    }

    /// Whether a buffer is large enough, or its own description goes with the caps. Mapping asks the same with a CRITICAL.
    private static func isDescribed(_ buffer: UnsafeMutablePointer<GstBuffer>, as info: GstVideoInfo) -> Bool {
        guard let meta = gst_buffer_get_video_meta(buffer)?.pointee else {
            return gst_buffer_get_size(buffer) >= Int(info.size)
        }
        return meta.format == info.finfo.pointee.format && meta.n_planes == info.finfo.pointee.n_planes
            && meta.width >= guint(clamping: info.width) && meta.height >= guint(clamping: info.height)
    }

    /// Where a buffer's GstVideoCropMeta has the picture, if it has one; nil when that is no picture of the caps' size.
    private static func origin(
        in buffer: UnsafeMutablePointer<GstBuffer>, of format: VideoFormat
    ) -> (x: Int, y: Int)? {
        guard let found = gst_buffer_get_meta(buffer, gst_video_crop_meta_api_get_type()) else { return (0, 0) }
        let crop = UnsafeMutableRawPointer(found).assumingMemoryBound(to: GstVideoCropMeta.self).pointee
        guard Int(crop.width) == format.width, Int(crop.height) == format.height, crop.x <= guint(gint.max),
            crop.y <= guint(gint.max)
        else { return nil }
        return (Int(crop.x), Int(crop.y))
    }
}
