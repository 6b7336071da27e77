internal import CGStreamer

/// Sees every pad of one direction that an element has, and gets.
final class PadWatch: Sendable {
    private let direction: ElementPad.Direction
    private let see: @Sendable (ElementPad) -> Void

    private init(_ direction: ElementPad.Direction, _ see: @escaping @Sendable (ElementPad) -> Void) {
        (self.direction, self.see) = (direction, see)
    }

    /// - Parameter see: called at once for what is there already, later on whatever thread adds a pad.
    static func install(
        on element: UnsafeMutablePointer<GstElement>, _ direction: ElementPad.Direction,
        see: @escaping @Sendable (ElementPad) -> Void
    ) {
        for pad in element.pads(direction) { see(pad) }
        typealias Handler =
            @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Void
        let handler: Handler = { _, pad, context in
            guard let pad = pad?.assumingMemoryBound(to: GstPad.self), let context else { return }
            let watch = Unmanaged<PadWatch>.fromOpaque(context).takeUnretainedValue()
            let wanted = watch.direction == .source ? GST_PAD_SRC : GST_PAD_SINK
            guard gst_pad_get_direction(pad) == wanted else { return }
            gst_object_ref(pad)
            watch.see(ElementPad(owning: pad))
        }
        g_signal_connect_data(
            element, "pad-added", unsafeBitCast(handler, to: GCallback.self),
            Unmanaged.passRetained(PadWatch(direction, see)).toOpaque(),
            { context, _ in
                if let context { Unmanaged<PadWatch>.fromOpaque(context).release() }
            }, GConnectFlags(rawValue: 0))
    }
}
