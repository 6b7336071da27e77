internal import CGStreamer

/// Sees what passes a pad, on whatever thread brings it, for as long as there is the pad.
final class PadProbe: Sendable {
    struct Kinds: OptionSet {
        let rawValue: UInt32

        static let buffers = Kinds(rawValue: GST_PAD_PROBE_TYPE_BUFFER.rawValue)
        static let bufferLists = Kinds(rawValue: GST_PAD_PROBE_TYPE_BUFFER_LIST.rawValue)
        /// Downstream, those of flushing left out.
        static let events = Kinds(rawValue: GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM.rawValue)
        /// Downstream, before the element answers.
        static let queries = Kinds(
            rawValue: GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM.rawValue | GST_PAD_PROBE_TYPE_PUSH.rawValue)
    }

    enum Answer {
        /// It goes on its way.
        case pass
        case drop
        /// A query has its answer.
        case handled
        /// It goes on its way, and the probe has seen enough.
        case done

        fileprivate var value: GstPadProbeReturn {
            switch self {
            case .pass: GST_PAD_PROBE_OK
            case .drop: GST_PAD_PROBE_DROP
            case .handled: GST_PAD_PROBE_HANDLED
            case .done: GST_PAD_PROBE_REMOVE
            }
        }
    }

    fileprivate let body: @Sendable (borrowing ProbeInfo) -> Answer

    fileprivate init(_ body: @escaping @Sendable (borrowing ProbeInfo) -> Answer) {
        self.body = body
    }
}

/// What is at a pad at the moment. All of it is borrowed, and valid while the probe looks.
struct ProbeInfo: ~Copyable {
    private let info: UnsafeMutablePointer<GstPadProbeInfo>
    let pad: UnsafeMutablePointer<GstPad>

    fileprivate init(_ info: UnsafeMutablePointer<GstPadProbeInfo>, at pad: UnsafeMutablePointer<GstPad>) {
        (self.info, self.pad) = (info, pad)
    }

    private func holds(_ kinds: PadProbe.Kinds) -> Bool { info.pointee.type.rawValue & kinds.rawValue != 0 }

    var buffer: UnsafeMutablePointer<GstBuffer>? { holds(.buffers) ? gst_pad_probe_info_get_buffer(info) : nil }

    var bufferList: OpaquePointer? { holds(.bufferLists) ? gst_pad_probe_info_get_buffer_list(info) : nil }

    var event: UnsafeMutablePointer<GstEvent>? { holds(.events) ? gst_pad_probe_info_get_event(info) : nil }

    var query: UnsafeMutablePointer<GstQuery>? { holds(.queries) ? gst_pad_probe_info_get_query(info) : nil }

    /// Puts another buffer or list in the place of the one that is there.
    ///
    /// - Parameter data: owned; what was there belongs to the caller, or has been taken already.
    func put(_ data: UnsafeMutableRawPointer) { info.pointee.data = data }

    /// Puts an event in the place of the one that is there.
    ///
    /// - Parameter event: owned, and new.
    func replaceEvent(with event: UnsafeMutablePointer<GstEvent>) {
        if let replaced = self.event {
            gst_event_set_seqnum(event, gst_event_get_seqnum(replaced))
            gst_event_unref(replaced)
        }
        put(event)
    }
}

extension UnsafeMutablePointer<GstEvent> {
    /// What it announces; borrowed, and nil where it announces none.
    var caps: UnsafeMutablePointer<GstCaps>? {
        guard pointee.type == GST_EVENT_CAPS else { return nil }
        var caps: UnsafeMutablePointer<GstCaps>?
        gst_event_parse_caps(self, &caps)
        return caps
    }

    /// Borrowed; nil where it brings none.
    var tags: UnsafeMutablePointer<GstTagList>? {
        guard pointee.type == GST_EVENT_TAG else { return nil }
        var tags: UnsafeMutablePointer<GstTagList>?
        gst_event_parse_tag(self, &tags)
        return tags
    }
}

extension ElementPad {
    /// Has a closure look at what passes, before it does. The pad holds it, and what it captures, as long as it lives.
    func probe(_ kinds: PadProbe.Kinds, _ body: @escaping @Sendable (borrowing ProbeInfo) -> PadProbe.Answer) {
        gst_pad_add_probe(
            pointer, GstPadProbeType(rawValue: kinds.rawValue),
            { pad, info, context in
                guard let pad, let info, let context else { return GST_PAD_PROBE_OK }
                return Unmanaged<PadProbe>.fromOpaque(context).takeUnretainedValue().body(ProbeInfo(info, at: pad))
                    .value
            }, Unmanaged.passRetained(PadProbe(body)).toOpaque(),
            { if let held = $0 { Unmanaged<PadProbe>.fromOpaque(held).release() } })
    }
}
