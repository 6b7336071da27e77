internal import CGStreamer

/// What a decoder gives: nothing before the first whole picture, then all, damaged ones flagged, in caps that are true.
struct DecoderOutput {
    private var hasWhole = false
    /// With what is dropped.
    private var patience = StreamPatience()

    mutating func hear(
        _ event: UnsafeMutablePointer<GstEvent>, _ info: borrowing ProbeInfo, coded: CodedColor?
    ) {
        switch event.pointee.type {
        case GST_EVENT_CAPS:
            if let caps = event.caps { Self.correct(caps, in: info, coded) }
            self = DecoderOutput()
        case GST_EVENT_STREAM_START: self = DecoderOutput()
        default: break
        }
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

    /// Puts caps in the event's place that are true.
    private static func correct(
        _ given: UnsafeMutablePointer<GstCaps>, in info: borrowing ProbeInfo, _ coded: CodedColor?
    ) {
        guard let corrected = DecodedCaps.corrected(given, coded: coded) else { return }
        defer { gst_caps_unref(corrected) }
        if let replacement = gst_event_new_caps(corrected) { info.replaceEvent(with: replacement) }
    }
}
