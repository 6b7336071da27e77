internal import CGStreamer
internal import Synchronization

/// How far apart pictures are by their caps' frame rate, and that pace for a film that has no timestamps: JPEGs of a sequence of
/// files, raw pixels in one. With a decoder behind them, they would have it from that.
final class StatedPace: @unchecked Sendable {
    // `next` belongs to the thread that feeds the sink.

    /// Nanoseconds; 0: the caps say nothing.
    private let distance = Atomic<Int64>(0)
    private let isLive = Atomic<Bool>(false)
    /// Of the picture that comes next.
    private var next: GstClockTime = 0

    /// - Parameter sink: where its pictures are waited for until their time has come.
    static func install(on sink: UnsafeMutablePointer<GstElement>) -> StatedPace {
        let pace = StatedPace()
        sink.pad(named: "sink")?.probe([.buffers, .events]) { pace.see($0) }
        return pace
    }

    /// What cameras give has the time at which it comes.
    func configure(isLive: Bool) { self.isLive.store(isLive, ordering: .releasing) }

    /// From one picture to the next, seconds; nil where the caps do not say.
    var interval: Double? {
        let distance = distance.load(ordering: .acquiring)
        return distance > 0 ? Double(distance) / 1e9 : nil
    }

    private func see(_ info: borrowing ProbeInfo) -> PadProbe.Answer {
        if let event = info.event {
            hear(event, info)
        } else if let buffer = info.buffer, !isLive.load(ordering: .acquiring) {
            stamp(buffer, info)
        }
        return .pass
    }

    private func hear(_ event: UnsafeMutablePointer<GstEvent>, _ info: borrowing ProbeInfo) {
        switch event.pointee.type {
        case GST_EVENT_CAPS:
            distance.store(event.caps.flatMap(Self.distance) ?? 0, ordering: .releasing)
        case GST_EVENT_SEGMENT:
            var segment: UnsafePointer<GstSegment>?
            gst_event_parse_segment(event, &segment)
            guard let segment else { return }
            next = segment.pointee.start
            // Bytes and counts of buffers are no time: nothing would be waited for.
            guard segment.pointee.format != GST_FORMAT_TIME else { return }
            next = 0
            var times = GstSegment()
            gst_segment_init(&times, GST_FORMAT_TIME)
            if let replacement = gst_event_new_segment(&times) { info.replaceEvent(with: replacement) }
        default: break
        }
    }

    private static func distance(_ caps: UnsafeMutablePointer<GstCaps>) -> Int64? {
        var (numerator, denominator) = (gint(0), gint(1))
        guard let structure = gst_caps_get_structure(caps, 0),
            gst_structure_get_fraction(structure, "framerate", &numerator, &denominator) != 0, numerator > 0,
            denominator > 0
        else { return nil }
        return Int64(denominator) * 1_000_000_000 / Int64(numerator)
    }

    /// Only the buffer's head is made anew, and only where somebody else holds it.
    private func stamp(_ buffer: UnsafeMutablePointer<GstBuffer>, _ info: borrowing ProbeInfo) {
        let distance = GstClockTime(distance.load(ordering: .acquiring))
        guard distance > 0 else { return }
        guard buffer.pointee.pts == .max else {
            next = buffer.pointee.pts &+ distance
            return
        }
        let head = UnsafeMutableRawPointer(buffer).assumingMemoryBound(to: GstMiniObject.self)
        guard let writable = gst_mini_object_make_writable(head) else { return }
        info.put(writable)
        UnsafeMutableRawPointer(writable).assumingMemoryBound(to: GstBuffer.self).pointee.pts = next
        next &+= distance
    }
}
