internal import CGStreamer

/// Stands before a depayloader: what that would end the pipeline over is dropped and counted, and gaps in the packets are noted.
///
/// GStreamer 1.22 takes a packet of a kind that it does not know for the end (`rtph264depay`: STAP-B, MTAP, FU-B;
/// `rtph265depay`: PACI), and others for more memory than there is. Nobody sends these; a damaged byte makes them. Where a stream
/// begins with one it knows nothing of it may be meant, and the element's own words say what is wrong. Damaged parameter sets would
/// stay in force for ever (`ParameterSetScreen`); those that a picture repeats would end it (`RepeatedSets`).
final class DepayloaderGuard: @unchecked Sendable {  // the thread that feeds the depayloader only
    /// Of H.264 or H.265; nil: what it is made of nobody looks at.
    private let codec: VideoUnits.Codec?
    private var screen: ParameterSetScreen?
    private var repeated: RepeatedSets?
    private let counts: DecodeCounts
    private let gaps: PacketGaps
    private var hasAccepted = false
    private var sequence = PacketSequence()
    /// Of the newest picture that lacks something, until the next one begins.
    private var incomplete: UInt64?

    private init(_ codec: VideoUnits.Codec?, _ limit: PictureLimit, _ counts: DecodeCounts, _ gaps: PacketGaps) {
        self.codec = codec
        self.counts = counts
        self.gaps = gaps
        screen = codec.map { ParameterSetScreen($0, limit) }
        repeated = codec.map { RepeatedSets($0) }
    }

    static func install(
        at depayloader: UnsafeMutablePointer<GstElement>, limit: PictureLimit, counting counts: DecodeCounts
    ) {
        guard let sink = depayloader.pad(named: "sink") else { return }
        let gaps = PacketGaps()
        gaps.attach(to: depayloader)
        let codec: VideoUnits.Codec? =
            switch depayloader.factoryName {
            case "rtph264depay": .h264
            case "rtph265depay": .h265
            default: nil
            }
        let guardian = DepayloaderGuard(codec, limit, counts, gaps)
        sink.probe([.buffers, .bufferLists, .events]) { guardian.see($0) }
    }

    private enum Judgement {
        case sound, unsound
        /// Owned.
        case replaced(UnsafeMutablePointer<GstBuffer>)
    }

    private func see(_ info: borrowing ProbeInfo) -> PadProbe.Answer {
        if let buffer = info.buffer {
            switch judge(buffer) {
            case .sound: return .pass
            case .unsound: return .drop
            case .replaced(let other):
                info.put(other)
                gst_buffer_unref(buffer)
            }
        }
        if let list = info.bufferList { info.put(sound(of: list)) }
        if let caps = info.event?.caps { screen?.learn(from: caps) }
        return .pass
    }

    /// - Parameter list: owned, as what is returned is.
    private func sound(of list: OpaquePointer) -> UnsafeMutableRawPointer {
        var list = list
        var index = guint(0)
        while index < gst_buffer_list_length(list) {
            switch gst_buffer_list_get(list, index).map(judge) ?? .sound {
            case .sound: index += 1
            case .unsound:
                list = writable(list)
                gst_buffer_list_remove(list, index, 1)
            case .replaced(let other):
                list = writable(list)
                gst_buffer_list_remove(list, index, 1)
                gst_buffer_list_insert(list, gint(index), other)
                index += 1
            }
        }
        return UnsafeMutableRawPointer(list)
    }

    private func writable(_ list: OpaquePointer) -> OpaquePointer {
        let head = UnsafeMutableRawPointer(list).assumingMemoryBound(to: GstMiniObject.self)
        return gst_mini_object_make_writable(head).map { OpaquePointer($0) } ?? list
    }

    private func judge(_ buffer: UnsafeMutablePointer<GstBuffer>) -> Judgement {
        var map = GstMapInfo()
        guard gst_buffer_map(buffer, &map, GST_MAP_READ) != 0 else {
            counts.refuse()
            return .unsound
        }
        defer { gst_buffer_unmap(buffer, &map) }
        let packet = UnsafeRawBufferPointer(start: map.data, count: Int(map.size))
        let carried = RTPPacket.payload(of: packet)
        guard codec.map({ isSound(carried, $0) }) ?? true else {
            // As if it had never come: what was in it is missing.
            counts.refuse()
            return .unsound
        }
        if packet.count > 4 {
            note(
                .init(
                    number: UInt16(packet[2]) << 8 | UInt16(packet[3]), time: UInt64(buffer.pointee.pts),
                    isEnd: packet[1] & 0x80 != 0), carried)
        }
        guard let carried, let time = RTPPacket.timestamp(of: packet),
            let instead = repeated?.replacement(for: carried, at: time)
        else { return .sound }
        return replacing(carried, with: instead, in: packet, buffer).map { .replaced($0) } ?? .sound
    }

    /// The same packet with something else in it: one that is not there would be a gap.
    private func replacing(
        _ payload: UnsafeRawBufferPointer, with other: [UInt8], in packet: UnsafeRawBufferPointer,
        _ buffer: UnsafeMutablePointer<GstBuffer>
    ) -> UnsafeMutablePointer<GstBuffer>? {
        guard let start = packet.baseAddress, let place = payload.baseAddress else { return nil }
        var bytes = Array(packet.prefix(place - start)) + other
        // No padding is behind it.
        bytes[0] &= 0xDF
        guard let result = gst_buffer_new_allocate(nil, gsize(bytes.count), nil) else { return nil }
        gst_buffer_fill(result, 0, bytes, gsize(bytes.count))
        gst_buffer_copy_into(result, buffer, Self.kept, 0, gsize.max)
        return result
    }

    private static let kept = GstBufferCopyFlags(
        rawValue: GST_BUFFER_COPY_FLAGS.rawValue | GST_BUFFER_COPY_TIMESTAMPS.rawValue | GST_BUFFER_COPY_META.rawValue)

    private func note(_ packet: PacketSequence.Packet, _ payload: UnsafeRawBufferPointer?) {
        if let incomplete, incomplete != packet.time {
            gaps.noteFollower(packet.time)
            self.incomplete = nil
        }
        guard let last = sequence.note(packet) else { return }
        if last.isEnd, last.time != packet.time, sequence.hasTrueMarkers, isPictureStart(payload) {
            // Whole pictures are missing, and nothing of those that are there.
            gaps.noteBehindGap(packet.time)
        } else {
            gaps.noteIncomplete(last.time)
            gaps.noteIncomplete(packet.time)
            incomplete = packet.time
        }
    }

    private func isPictureStart(_ payload: UnsafeRawBufferPointer?) -> Bool {
        guard let codec, let payload else { return false }
        return PayloadStart.isPictureStart(payload, codec)
    }

    private func isSound(_ payload: UnsafeRawBufferPointer?, _ codec: VideoUnits.Codec) -> Bool {
        guard let payload else { return false }
        switch kind(payload, codec) {
        case .sound:
            hasAccepted = true
            return RTPUnits.forEach(in: payload, codec) { unit, type in
                !codec.isSet(type) || screen?.accepts(unit, type: type) ?? true
            }
        case .unknown: return !hasAccepted
        case .empty: return false
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
    private func kind(_ bytes: UnsafeRawBufferPointer, _ codec: VideoUnits.Codec) -> Kind {
        let isH265 = codec == .h265
        let (type, headers) = isH265 ? (bytes[0] >> 1 & 0x3F, 2) : (bytes[0] & 0x1F, 1)
        let isFragment = type == (isH265 ? 49 : 28)
        guard bytes.count > headers + (isFragment ? 1 : 0) else { return .empty }
        let isUnknown = isH265 ? type == 50 : [0, 25, 26, 27, 29, 30, 31].contains(type)
        return isUnknown ? .unknown : .sound
    }
}
