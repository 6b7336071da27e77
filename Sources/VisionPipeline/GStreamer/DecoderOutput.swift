internal import CGStreamer

/// What a decoder gives: nothing before the first whole picture, then all, damaged ones flagged, in caps that are true.
struct DecoderOutput: ~Copyable {
    /// Borrowed: this lives in probes on its pads.
    private let decoder: UnsafeMutablePointer<GstElement>
    private let limit: PictureLimit
    /// What the decoder said itself; held.
    private var given: UnsafeMutablePointer<GstCaps>?
    /// What the caps in force say of colours.
    private var color: CodedColor?
    private var hasWhole = false
    /// With what is dropped.
    private var patience = StreamPatience()

    init(_ decoder: UnsafeMutablePointer<GstElement>, _ limit: PictureLimit) {
        (self.decoder, self.limit) = (decoder, limit)
    }

    deinit { if let given { gst_caps_unref(given) } }

    /// - Parameter coded: what the newest parameter set says of colours.
    mutating func hear(
        _ event: UnsafeMutablePointer<GstEvent>, _ info: borrowing ProbeInfo, coded: CodedColor?
    ) {
        switch event.pointee.type {
        case GST_EVENT_CAPS:
            if let caps = event.caps { begin(caps, info, coded) }
            (hasWhole, patience) = (false, StreamPatience())
        case GST_EVENT_STREAM_START: (hasWhole, patience) = (false, StreamPatience())
        default: break
        }
    }

    /// Puts caps in the event's place that are true.
    private mutating func begin(
        _ caps: UnsafeMutablePointer<GstCaps>, _ info: borrowing ProbeInfo, _ coded: CodedColor?
    ) {
        if let given { gst_caps_unref(given) }
        (given, color) = (nil, coded)
        if let size = DecodedCaps.size(caps), !limit.allows(size) {
            // What nobody takes the decoder makes no room for.
            decoder.refuse(size)
            replace(gst_caps_new_empty_simple("video/x-streamtap-refused"), info)
        } else {
            given = gst_caps_ref(caps)
            replace(DecodedCaps.corrected(caps, coded: coded), info)
        }
    }

    private func replace(_ caps: UnsafeMutablePointer<GstCaps>?, _ info: borrowing ProbeInfo) {
        guard let caps else { return }
        defer { gst_caps_unref(caps) }
        if let replacement = gst_event_new_caps(caps) { info.replaceEvent(with: replacement) }
    }

    /// What is to be said before a picture of other colours; nil where those in force are its own.
    mutating func renewed(for color: CodedColor) -> UnsafeMutablePointer<GstEvent>? {
        guard let given, color != self.color else { return nil }
        self.color = color
        let caps = DecodedCaps.corrected(given, coded: color, isChanged: true) ?? gst_caps_ref(given)
        guard let caps else { return nil }
        defer { gst_caps_unref(caps) }
        return gst_event_new_caps(caps)
    }

    mutating func leave(
        _ buffer: UnsafeMutablePointer<GstBuffer>, _ info: borrowing ProbeInfo,
        isDamaged: Bool, counting counts: DecodeCounts
    ) -> PadProbe.Answer {
        guard isDamaged else {
            hasWhole = true
            return pass(buffer, info, isDamaged: false)
        }
        if hasWhole {
            counts.damage()
            return pass(buffer, info, isDamaged: true)
        }
        guard !patience.isOver(at: UInt64(buffer.pointee.pts)) else {
            hasWhole = true
            return pass(buffer, info, isDamaged: true)
        }
        counts.awaitWholePicture()
        return .drop
    }

    /// Only the buffer's head is made anew, and only where the decoder keeps the buffer.
    private func pass(
        _ buffer: UnsafeMutablePointer<GstBuffer>, _ info: borrowing ProbeInfo, isDamaged: Bool
    ) -> PadProbe.Answer {
        let flag = GST_BUFFER_FLAG_CORRUPTED.rawValue
        guard isDamaged != (buffer.pointee.mini_object.flags & flag != 0) else { return .pass }
        let head = UnsafeMutableRawPointer(buffer).assumingMemoryBound(to: GstMiniObject.self)
        guard let writable = gst_mini_object_make_writable(head) else { return .pass }
        if isDamaged {
            writable.pointee.flags |= flag
        } else {
            writable.pointee.flags &= ~flag
        }
        info.put(writable)
        return .pass
    }
}
