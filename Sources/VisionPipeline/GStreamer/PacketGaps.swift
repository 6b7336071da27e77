internal import CGStreamer
internal import Synchronization

/// Pictures of which RTP packets are missing, told by their timestamps: of the picture before a gap perhaps the end, of the one behind it
/// the beginning.
///
/// Depayloaders flag a gap only at what they give out next, and at their very first picture, where every stretch begins with such a
/// flag, not at all.
final class PacketGaps: Sendable {
    private struct State {
        var times: [UInt64] = []
        var next = 0
    }

    /// More than are on their way to a decoder.
    private static let mostHeld = 64
    private let state = Mutex(State())

    /// Some of the picture that has this timestamp is missing, or may be.
    func hasGap(at time: UInt64) -> Bool { state.withLock { time != .max && $0.times.contains(time) } }

    private func note(_ time: UInt64) {
        guard time != .max else { return }
        state.withLock {
            if $0.times.count < Self.mostHeld {
                $0.times.append(time)
            } else {
                $0.times[$0.next] = time
                $0.next = ($0.next + 1) % Self.mostHeld
            }
        }
    }

    /// Looks at what comes to a depayloader.
    func watch(_ pad: ElementPad) {
        let kinds = GST_PAD_PROBE_TYPE_BUFFER.rawValue | GST_PAD_PROBE_TYPE_BUFFER_LIST.rawValue
        gst_pad_add_probe(
            pad.pointer, GstPadProbeType(rawValue: kinds),
            { _, info, context in
                guard let info, let context else { return GST_PAD_PROBE_OK }
                let stream = Unmanaged<Stream>.fromOpaque(context).takeUnretainedValue()
                if info.pointee.type.rawValue & GST_PAD_PROBE_TYPE_BUFFER.rawValue != 0 {
                    gst_pad_probe_info_get_buffer(info).map(stream.look)
                } else if let list = gst_pad_probe_info_get_buffer_list(info) {
                    for index in 0..<gst_buffer_list_length(list) {
                        gst_buffer_list_get(list, index).map(stream.look)
                    }
                }
                return GST_PAD_PROBE_OK
            }, Unmanaged.passRetained(Stream(self)).toOpaque(),
            { if let held = $0 { Unmanaged<Stream>.fromOpaque(held).release() } })
    }

    /// The packets of one stream; belongs to its streaming thread.
    private final class Stream {
        private let gaps: PacketGaps
        private var last: (number: UInt16, time: UInt64)?

        init(_ gaps: PacketGaps) { self.gaps = gaps }

        func look(_ packet: UnsafeMutablePointer<GstBuffer>) {
            var bytes: (UInt8, UInt8) = (0, 0)
            guard gst_buffer_extract(packet, 2, &bytes, 2) == 2 else { return }
            let number = UInt16(bytes.0) << 8 | UInt16(bytes.1)
            let time = UInt64(packet.pointee.pts)
            defer { last = (number, time) }
            guard let last else { return }
            // One that comes late, or twice, is half of all numbers ahead.
            let missing = number &- last.number &- 1
            if missing > 0, missing < 1 << 15 {
                gaps.note(last.time)
                gaps.note(time)
            }
        }
    }
}
