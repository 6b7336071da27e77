internal import CGStreamer
internal import Synchronization

/// A GstBuffer mapped for reading as video; unmapped with its last holder.
final class MappedVideo: @unchecked Sendable {  // mapped read-only in init, touched again only in deinit
    private var mapped = GstVideoFrame()
    private let lease: BufferLease?

    /// Nil when the buffer is smaller than its caps say, or cannot be mapped.
    init?(_ buffer: UnsafeMutablePointer<GstBuffer>, _ format: inout VideoFormat, lease: BufferLease?) {
        self.lease = lease
        // With a GstVideoMeta the map itself checks; without one, caps are all it goes by.
        guard gst_buffer_get_video_meta(buffer) != nil || gst_buffer_get_size(buffer) >= Int(format.info.size) else {
            return nil
        }
        let flags = GstMapFlags(rawValue: GST_MAP_READ.rawValue)
        guard gst_video_frame_map(&mapped, &format.info, buffer, flags) != 0 else { return nil }
    }

    deinit {
        if mapped.buffer != nil { gst_video_frame_unmap(&mapped) }
    }

    /// The planes as the map lays them out.
    func planes(_ format: PixelFormat) -> Planes? {
        let width = Int(mapped.info.width)
        let height = Int(mapped.info.height)
        let half = ((width + 1) / 2, (height + 1) / 2)
        func plane(_ index: Int, _ width: Int, _ height: Int) -> Plane? {
            // C arrays import as tuples; these have four elements (GST_VIDEO_MAX_PLANES).
            let base = withUnsafeBytes(of: mapped.data) { $0.bindMemory(to: gpointer?.self)[index] }
            let stride = withUnsafeBytes(of: mapped.info.stride) { Int($0.bindMemory(to: gint.self)[index]) }
            guard let base, stride >= width else { return nil }
            return Plane(base: UnsafeRawPointer(base), stride: stride, width: width, height: height)
        }
        guard let luma = plane(0, width, height) else { return nil }
        switch format {
        case .gray8, .jpeg:
            return Planes(luma)
        case .nv12:
            guard let chroma = plane(1, half.0 * 2, half.1) else { return nil }
            return Planes(luma, chroma)
        case .i420:
            guard let u = plane(1, half.0, half.1), let v = plane(2, half.0, half.1) else { return nil }
            return Planes(luma, u, v)
        }
    }
}

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

/// Counts the buffers of a small pool that frames of one outlet still hold.
///
/// v4l2 and hardware pools have about four buffers: a tap that keeps two of them starves the camera.
final class BufferLease: Sendable {
    private let outstanding: SharedCount

    init(_ outstanding: SharedCount) {
        self.outstanding = outstanding
        outstanding.value.add(1, ordering: .relaxed)
    }

    deinit { outstanding.value.subtract(1, ordering: .relaxed) }
}

/// A number that several threads count.
final class SharedCount: Sendable {
    let value = Atomic<Int>(0)
}
