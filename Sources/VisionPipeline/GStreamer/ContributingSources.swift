internal import CGStreamer

/// Takes the list of contributing sources (RFC 3550, 5.1) out of packets before a session reads them.
///
/// Mixers name in it whose sound they mixed; no camera has one. GStreamer 1.22 keeps ten kilobytes for each that it has not seen, for a
/// time that grows with their number: damaged packets that seem to have such a list cost a worker megabytes a minute, without an end.
enum ContributingSources {
    private static let header = 12
    /// Of the header, which is written to.
    private static let copied = GstBufferCopyFlags(
        rawValue: GST_BUFFER_COPY_FLAGS.rawValue | GST_BUFFER_COPY_TIMESTAMPS.rawValue | GST_BUFFER_COPY_META.rawValue
            | GST_BUFFER_COPY_MEMORY.rawValue | GST_BUFFER_COPY_DEEP.rawValue)
    /// Payload types that are RTCP where both come by one way (RFC 5761, 4).
    private static let control: ClosedRange<UInt8> = 64...95

    static func install(at session: UnsafeMutablePointer<GstElement>) {
        PadWatch.install(on: session, .sink) { pad in
            guard pad.name == "recv_rtp_sink" else { return }
            pad.probe(.buffers) { info in
                guard let buffer = info.buffer, let plain = without(buffer) else { return .pass }
                gst_buffer_unref(buffer)
                info.put(plain)
                return .pass
            }
        }
    }

    /// - Returns: the packet without its list, owned; nil where it has none, or nothing behind it.
    private static func without(_ buffer: UnsafeMutablePointer<GstBuffer>) -> UnsafeMutablePointer<GstBuffer>? {
        var start: (UInt8, UInt8) = (0, 0)
        guard gst_buffer_extract(buffer, 0, &start, 2) == 2, start.0 & 0x0F != 0, start.0 >> 6 == 2,
            !control.contains(start.1 & 0x7F)
        else { return nil }
        let end = header + 4 * Int(start.0 & 0x0F)
        guard Int(gst_buffer_get_size(buffer)) > end else { return nil }
        guard let plain = gst_buffer_copy_region(buffer, copied, 0, gsize(header)) else { return nil }
        start.0 &= 0xF0
        gst_buffer_fill(plain, 0, &start, 1)
        gst_buffer_copy_into(plain, buffer, GST_BUFFER_COPY_MEMORY, gsize(end), gsize.max)
        return plain
    }
}
