internal import CGStreamer

/// Stands before a depayloader: what that would end the pipeline over is dropped and counted.
///
/// GStreamer 1.22 takes a packet of a kind that it does not know for the end (`rtph264depay`: STAP-B, MTAP, FU-B;
/// `rtph265depay`: PACI), and others for more memory than there is. Nobody sends these; a damaged byte makes them. Where a stream
/// begins with one it knows nothing of it may be meant, and the element's own words say what is wrong.
final class DepayloaderGuard: @unchecked Sendable {  // the thread that feeds the depayloader only
    private let isH265: Bool
    private let counts: DecodeCounts
    private var hasAccepted = false

    private init(isH265: Bool, _ counts: DecodeCounts) {
        self.isH265 = isH265
        self.counts = counts
    }

    /// Guards every such depayloader that the pipeline has, or gets later.
    static func install(on pipeline: UnsafeMutablePointer<GstElement>, counting counts: DecodeCounts) {
        ElementWatch.install(on: pipeline) { element in
            let name = element.factoryName
            guard name == "rtph264depay" || name == "rtph265depay", let sink = element.pad(named: "sink") else {
                return
            }
            let guardian = DepayloaderGuard(isH265: name == "rtph265depay", counts)
            gst_pad_add_probe(
                sink.pointer, GST_PAD_PROBE_TYPE_BUFFER,
                { _, info, context in
                    guard let info, let context, let buffer = gst_pad_probe_info_get_buffer(info) else {
                        return GST_PAD_PROBE_OK
                    }
                    return Unmanaged<DepayloaderGuard>.fromOpaque(context).takeUnretainedValue().see(buffer)
                }, Unmanaged.passRetained(guardian).toOpaque(),
                { if let held = $0 { Unmanaged<DepayloaderGuard>.fromOpaque(held).release() } })
        }
    }

    private func see(_ buffer: UnsafeMutablePointer<GstBuffer>) -> GstPadProbeReturn {
        var map = GstMapInfo()
        guard gst_buffer_map(buffer, &map, GST_MAP_READ) != 0 else { return GST_PAD_PROBE_DROP }
        defer { gst_buffer_unmap(buffer, &map) }
        let payload = RTPPacket.payload(of: UnsafeRawBufferPointer(start: map.data, count: Int(map.size)))
        switch payload.map(kind) {
        case .sound:
            hasAccepted = true
            return GST_PAD_PROBE_OK
        case .unknown where !hasAccepted:
            return GST_PAD_PROBE_OK
        case .unknown, .empty, nil:
            counts.refuse()
            return GST_PAD_PROBE_DROP
        }
    }

    private enum Kind {
        case sound
        /// Of a kind that the depayloader does not know.
        case unknown
        /// Nothing is in it. To 1.22 a fragment of that size is of minus one byte, and it asks for four gigabytes.
        case empty
    }

    /// By types of RFC 6184, table 1, and of RFC 7798, 4.4.
    private func kind(_ payload: UnsafeRawBufferPointer) -> Kind {
        let (type, headers) = isH265 ? (payload[0] >> 1 & 0x3F, 2) : (payload[0] & 0x1F, 1)
        let isFragment = type == (isH265 ? 49 : 28)
        guard payload.count > headers + (isFragment ? 1 : 0) else { return .empty }
        let isUnknown = isH265 ? type == 50 : [0, 25, 26, 27, 29, 30, 31].contains(type)
        return isUnknown ? .unknown : .sound
    }
}
