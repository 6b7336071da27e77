internal import CGStreamer
internal import Synchronization

/// Tells whether anything has come to some pads yet; once it has, it costs nothing any more.
final class ArrivalProbe: Sendable {
    private let come = Atomic<Bool>(false)

    /// Nil where there are no pads.
    init?(at pads: [ElementPad]) {
        guard !pads.isEmpty else { return nil }
        let kinds = GST_PAD_PROBE_TYPE_BUFFER.rawValue | GST_PAD_PROBE_TYPE_BUFFER_LIST.rawValue
        for pad in pads {
            gst_pad_add_probe(
                pad.pointer, GstPadProbeType(rawValue: kinds),
                { _, _, context in
                    if let context {
                        Unmanaged<ArrivalProbe>.fromOpaque(context).takeUnretainedValue().come
                            .store(true, ordering: .releasing)
                    }
                    return GST_PAD_PROBE_REMOVE
                }, Unmanaged.passRetained(self).toOpaque(),
                { if let held = $0 { Unmanaged<ArrivalProbe>.fromOpaque(held).release() } })
        }
    }

    var hasCome: Bool { come.load(ordering: .acquiring) }
}
