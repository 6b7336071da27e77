internal import CGStreamer

/// What a decoder gives: nothing before the first whole picture, then all, damaged ones flagged, in caps that are true.
struct DecoderOutput {
    private var hasWhole = false
    /// With what is dropped.
    private var patience = StreamPatience()

    mutating func hear(
        _ event: UnsafeMutablePointer<GstEvent>, _ info: UnsafeMutablePointer<GstPadProbeInfo>, coded: CodedColor?
    ) {
        switch event.pointee.type {
        case GST_EVENT_CAPS:
            Self.correct(info, event, coded)
            self = DecoderOutput()
        case GST_EVENT_STREAM_START, GST_EVENT_FLUSH_STOP: self = DecoderOutput()
        default: break
        }
    }

    mutating func leave(
        _ buffer: UnsafeMutablePointer<GstBuffer>, _ info: UnsafeMutablePointer<GstPadProbeInfo>,
        isDamaged: Bool, counting counts: DecodeCounts
    ) -> GstPadProbeReturn {
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
        return GST_PAD_PROBE_DROP
    }

    /// Only the buffer's head is made anew, and only where the decoder keeps the buffer.
    private func pass(
        _ buffer: UnsafeMutablePointer<GstBuffer>, _ info: UnsafeMutablePointer<GstPadProbeInfo>, isDamaged: Bool
    ) -> GstPadProbeReturn {
        let flag = GST_BUFFER_FLAG_CORRUPTED.rawValue
        guard isDamaged != (buffer.pointee.mini_object.flags & flag != 0) else { return GST_PAD_PROBE_OK }
        let head = UnsafeMutableRawPointer(buffer).assumingMemoryBound(to: GstMiniObject.self)
        guard let writable = gst_mini_object_make_writable(head) else { return GST_PAD_PROBE_OK }
        if isDamaged {
            writable.pointee.flags |= flag
        } else {
            writable.pointee.flags &= ~flag
        }
        info.pointee.data = UnsafeMutableRawPointer(writable)
        return GST_PAD_PROBE_OK
    }

    /// Puts caps in the event's place that are true.
    private static func correct(
        _ info: UnsafeMutablePointer<GstPadProbeInfo>, _ event: UnsafeMutablePointer<GstEvent>, _ coded: CodedColor?
    ) {
        var given: UnsafeMutablePointer<GstCaps>?
        gst_event_parse_caps(event, &given)
        guard let given, let corrected = DecodedCaps.corrected(given, coded: coded) else { return }
        defer { gst_caps_unref(corrected) }
        guard let replacement = gst_event_new_caps(corrected) else { return }
        gst_event_set_seqnum(replacement, gst_event_get_seqnum(event))
        gst_event_unref(event)
        info.pointee.data = UnsafeMutableRawPointer(replacement)
    }
}
