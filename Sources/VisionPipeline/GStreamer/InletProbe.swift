internal import CGStreamer

/// Watches what leaves an appsrc: counts it, and lays frames out plainly for elements that know no strides but those
/// that the caps imply.
final class InletProbe: @unchecked Sendable {  // the appsrc's streaming thread only
    private let counts: InletCounts
    private var layout = Layout.unknown

    /// How elements want frames, as they say once for each caps.
    private enum Layout {
        case unknown
        /// They read strides and offsets from a buffer.
        case any
        /// As these caps imply it.
        case plain(GstVideoInfo)
    }

    private init(_ counts: InletCounts) { self.counts = counts }

    static func install(on source: UnsafeMutablePointer<GstElement>, counting counts: InletCounts) {
        let probe = InletProbe(counts)
        source.pad(named: "src")?.probe([.buffers, .events]) { info in
            probe.see(info)
            return .pass
        }
    }

    private func see(_ info: borrowing ProbeInfo) {
        guard let buffer = info.buffer else {
            if info.event?.pointee.type == GST_EVENT_CAPS { layout = .unknown }
            return
        }
        counts.pass()
        guard gst_buffer_get_video_meta(buffer) != nil else { return }
        if case .unknown = layout { layout = Self.layout(behind: info.pad) }
        guard case .plain(var video) = layout, let plain = Self.plain(buffer, &video) else { return }
        gst_buffer_unref(buffer)
        info.put(plain)
    }

    private static func layout(behind pad: UnsafeMutablePointer<GstPad>) -> Layout {
        guard let caps = gst_pad_get_current_caps(pad) else { return .unknown }
        defer { gst_caps_unref(caps) }
        if readsStrides(behind: pad, caps) { return .any }
        var video = GstVideoInfo()
        return gst_video_info_from_caps(&video, caps) != 0 ? .plain(video) : .any
    }

    private static func readsStrides(
        behind pad: UnsafeMutablePointer<GstPad>, _ caps: UnsafeMutablePointer<GstCaps>
    ) -> Bool {
        guard let query = gst_query_new_allocation(caps, 0) else { return false }
        defer { gst_mini_object_unref(UnsafeMutableRawPointer(query).assumingMemoryBound(to: GstMiniObject.self)) }
        return gst_pad_peer_query(pad, query) != 0
            && gst_query_find_allocation_meta(query, gst_video_meta_api_get_type(), nil) != 0
    }

    private static func plain(
        _ buffer: UnsafeMutablePointer<GstBuffer>, _ info: inout GstVideoInfo
    ) -> UnsafeMutablePointer<GstBuffer>? {
        guard let copy = gst_buffer_new_allocate(nil, info.size, nil) else { return nil }
        var (from, to) = (GstVideoFrame(), GstVideoFrame())
        guard gst_video_frame_map(&from, &info, buffer, GST_MAP_READ) != 0 else {
            gst_buffer_unref(copy)
            return nil
        }
        defer { gst_video_frame_unmap(&from) }
        guard gst_video_frame_map(&to, &info, copy, GST_MAP_WRITE) != 0 else {
            gst_buffer_unref(copy)
            return nil
        }
        gst_video_frame_copy(&to, &from)
        gst_video_frame_unmap(&to)
        (copy.pointee.pts, copy.pointee.duration) = (buffer.pointee.pts, buffer.pointee.duration)
        return copy
    }
}
