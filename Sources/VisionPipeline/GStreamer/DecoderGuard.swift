internal import CGStreamer
internal import Synchronization
internal import WorkerLink

/// Stands around a decoder of video or pictures: what comes in is sound and no larger than allowed, what goes out begins with a
/// whole picture and has the colours that the bitstream says.
///
/// - A JPEG that was cut, or claims to be too large, is dropped: 2 kB of JPEG can ask for a gigabyte, and a parser glues a cut one to
///   the next and ends the pipeline.
/// - A video whose parameter sets say that it is too large is kept from the decoder; where it begins so, the run ends with that
///   reason.
/// - Joined between keyframes, libav gives grey pictures flagged as corrupted: they are dropped until the first whole one.
/// - GStreamer 1.22 writes `colorimetry=1:0:0:0` for full-range video without a colour description, which it cannot read itself;
///   where a container lost the range, the parameter set still has it.
final class DecoderGuard: @unchecked Sendable {
    // `input` belongs to the thread that feeds the decoder, `output` to the one behind it.

    private let limit: PictureLimit
    private let counts: DecodeCounts
    /// Borrowed: this lives in probes on its pads.
    private let decoder: UnsafeMutablePointer<GstElement>
    /// What the newest parameter set says of colours.
    private let color = Mutex<CodedColor?>(nil)

    private var input = Input.unknown
    /// A parameter set has come whose pictures are of an allowed size.
    private var hasAccepted = false
    private var output = Output()
    private var jpegs = JPEGReader()

    /// What comes to the decoder.
    private enum Input {
        case unknown
        /// One picture a buffer.
        case jpeg
        /// JPEGs, cut wherever a read ended.
        case jpegBytes
        /// `layout` of the units; `refused` are parameter sets whose pictures are too large, until others take their numbers.
        case video(Codec, NALUnits.Layout, refused: Set<Int>)
    }

    private enum Codec { case h264, h265 }

    /// What has come out of the decoder.
    private struct Output {
        var hasWhole = false
        /// When the first picture was dropped: CLOCK_MONOTONIC, nanoseconds.
        var since: Int64?
    }

    /// How long pictures that are not whole are dropped, nanoseconds. Longer than cameras take from one keyframe to the next; some
    /// never send one, and say nothing of it.
    private static let patience: Int64 = 45_000_000_000

    /// A camera that sends no keyframes but refreshes its pictures bit by bit says when one is whole (H.264, D.2.8): so many
    /// pictures after this one. Nil: it has not said so.
    private let refresh = Mutex<Int?>(nil)

    private init(_ decoder: UnsafeMutablePointer<GstElement>, _ limit: PictureLimit, _ counts: DecodeCounts) {
        self.decoder = decoder
        self.limit = limit
        self.counts = counts
    }

    /// Guards every decoder that the pipeline has, or gets later.
    static func install(
        on pipeline: UnsafeMutablePointer<GstElement>, limit: PictureLimit, counting counts: DecodeCounts
    ) {
        ElementWatch.install(on: pipeline) { element in
            let classes = element.factoryClasses
            let isDecoder = classes.contains("Decoder") && (classes.contains("Video") || classes.contains("Image"))
            guard isDecoder || element.factoryName == "jpegparse", !classes.contains("Bin") else { return }
            let guardian = DecoderGuard(element, limit, counts)
            if let sink = element.pad(named: "sink") { guardian.watch(sink) { $0.enter($1) } }
            if isDecoder, let source = element.pad(named: "src") { guardian.watch(source) { $0.leave($1) } }
        }
    }

    private typealias Look = (DecoderGuard, UnsafeMutablePointer<GstPadProbeInfo>) -> GstPadProbeReturn

    private final class Probe {
        let guardian: DecoderGuard
        let look: Look

        init(_ guardian: DecoderGuard, _ look: @escaping Look) {
            (self.guardian, self.look) = (guardian, look)
        }
    }

    private func watch(_ pad: ElementPad, _ look: @escaping Look) {
        let kinds = GST_PAD_PROBE_TYPE_BUFFER.rawValue | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM.rawValue
        gst_pad_add_probe(
            pad.pointer, GstPadProbeType(rawValue: kinds),
            { _, info, context in
                guard let info, let context else { return GST_PAD_PROBE_OK }
                let probe = Unmanaged<Probe>.fromOpaque(context).takeUnretainedValue()
                return probe.look(probe.guardian, info)
            }, Unmanaged.passRetained(Probe(self, look)).toOpaque(),
            { if let held = $0 { Unmanaged<Probe>.fromOpaque(held).release() } })
    }

    // MARK: Coming in

    private func enter(_ info: UnsafeMutablePointer<GstPadProbeInfo>) -> GstPadProbeReturn {
        guard info.pointee.type.rawValue & GST_PAD_PROBE_TYPE_BUFFER.rawValue != 0 else {
            if let event = gst_pad_probe_info_get_event(info), event.pointee.type == GST_EVENT_CAPS {
                var caps: UnsafeMutablePointer<GstCaps>?
                gst_event_parse_caps(event, &caps)
                // The decoder would refuse them, and the run end over one damaged parameter set.
                if let caps, hasAccepted, !isPossible(caps) { return GST_PAD_PROBE_DROP }
                if let caps { begin(with: caps) }
            }
            return GST_PAD_PROBE_OK
        }
        if case .unknown = input { return GST_PAD_PROBE_OK }
        guard let buffer = gst_pad_probe_info_get_buffer(info) else { return GST_PAD_PROBE_OK }
        var map = GstMapInfo()
        guard gst_buffer_map(buffer, &map, GST_MAP_READ) != 0 else { return GST_PAD_PROBE_DROP }
        defer { gst_buffer_unmap(buffer, &map) }
        if accepts(UnsafeRawBufferPointer(start: map.data, count: Int(map.size))) { return GST_PAD_PROBE_OK }
        counts.refuse()
        return GST_PAD_PROBE_DROP
    }

    /// Whether caps say nothing of the pictures' size, or one that may be.
    private func isPossible(_ caps: UnsafeMutablePointer<GstCaps>) -> Bool {
        var (width, height) = (gint(0), gint(0))
        guard let structure = gst_caps_get_structure(caps, 0), gst_structure_get_int(structure, "width", &width) != 0,
            gst_structure_get_int(structure, "height", &height) != 0
        else { return true }
        return width > 0 && height > 0 && limit.allows(width: Int(width), height: Int(height))
    }

    private func begin(with caps: UnsafeMutablePointer<GstCaps>) {
        input = .unknown
        guard let structure = gst_caps_get_structure(caps, 0), let name = gst_structure_get_name(structure) else {
            return
        }
        switch String(cString: name) {
        case "image/jpeg":
            let source = decoder.pad(named: "sink")?.peer?.parent
            // Of bytes that nobody has cut into pictures only the size can be judged that they claim.
            input = source.map { PictureFraming.isWhole(at: $0) } == true ? .jpeg : .jpegBytes
        case "video/x-h264": begin(.h264, structure)
        case "video/x-h265": begin(.h265, structure)
        default: break
        }
    }

    private func begin(_ codec: Codec, _ structure: UnsafePointer<GstStructure>) {
        input = .video(codec, .byteStream, refused: [])
        guard let value = gst_structure_get_value(structure, "codec_data"), let boxed = g_value_get_boxed(value)
        else { return }
        let buffer = boxed.assumingMemoryBound(to: GstBuffer.self)
        var map = GstMapInfo()
        guard gst_buffer_map(buffer, &map, GST_MAP_READ) != 0 else { return }
        defer { gst_buffer_unmap(buffer, &map) }
        guard
            let record = DecoderConfiguration(
                UnsafeRawBufferPointer(start: map.data, count: Int(map.size)), isH265: codec == .h265)
        else { return }
        input = .video(codec, .lengthPrefixed(record.lengthSize), refused: [])
        for set in record.parameterSets { set.withUnsafeBytes { note($0, codec, record.lengthSize) } }
    }

    private func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
        switch input {
        case .unknown: return true
        case .jpeg: return jpegs.structure(of: bytes).map { limit.allows($0) } ?? false
        case .jpegBytes:
            return JPEGReader.claimedSize(in: bytes).map { limit.allows(width: $0.width, height: $0.height) } ?? true
        case .video(let codec, let layout, _):
            // All of them: parameter sets stand before the pictures that they are for, and where they do not, a decoder reads
            // them all the same.
            NALUnits.forEach(in: bytes, layout) { unit in
                let type = codec == .h264 ? unit[0] & 0x1F : unit[0] >> 1 & 0x3F
                if type == (codec == .h264 ? H264ParameterSet.unitType : H265ParameterSet.unitType) {
                    note(unit, codec, nil)
                }
                if codec == .h264, type == 6, let count = H264RecoveryPoint.pictures(unit) {
                    refresh.withLock { $0 = $0 ?? count }
                }
                return true
            }
            if case .video(_, _, let refused) = input { return refused.isEmpty }
            return true
        }
    }

    /// - Parameter unit: a NAL unit that may be a sequence parameter set.
    private func note(_ unit: UnsafeRawBufferPointer, _ codec: Codec, _ lengthSize: Int?) {
        guard case .video(_, let layout, var refused) = input,
            let found = codec == .h264 ? H264ParameterSet.parse(unit) : H265ParameterSet.parse(unit)
        else { return }
        color.withLock { $0 = found.color }
        let isRefused = !limit.allows(found)
        let isNew = isRefused && refused.isEmpty
        if isRefused { refused.insert(found.id) } else { refused.remove(found.id) }
        input = .video(codec, layout, refused: refused)
        if !isRefused { hasAccepted = true }
        // After sound ones it is damage: its pictures are dropped, and the next sound set brings the picture back.
        if isNew, !hasAccepted {
            // Here and not by the decoder: that would have taken the memory first.
            gst_element_message_full(
                decoder, GST_MESSAGE_ERROR, gst_stream_error_quark(), gint(GST_STREAM_ERROR_FORMAT.rawValue),
                g_strdup("pictures of \(found.codedWidth)×\(found.codedHeight) pixels are larger than allowed"), nil,
                #fileID, #function, #line)
        }
    }

    // MARK: Going out

    private func leave(_ info: UnsafeMutablePointer<GstPadProbeInfo>) -> GstPadProbeReturn {
        guard info.pointee.type.rawValue & GST_PAD_PROBE_TYPE_BUFFER.rawValue != 0 else {
            if let event = gst_pad_probe_info_get_event(info), event.pointee.type == GST_EVENT_CAPS {
                correct(info, event)
            }
            return GST_PAD_PROBE_OK
        }
        guard let buffer = gst_pad_probe_info_get_buffer(info) else { return GST_PAD_PROBE_OK }
        let isDamaged = buffer.pointee.mini_object.flags & GST_BUFFER_FLAG_CORRUPTED.rawValue != 0
        if !isDamaged {
            output.hasWhole = true
            return GST_PAD_PROBE_OK
        }
        if output.hasWhole {
            counts.damage()
            return GST_PAD_PROBE_OK
        }
        let isRefreshed = refresh.withLock { left in
            guard let some = left else { return false }
            left = max(some - 1, 0)
            return some == 0
        }
        let now = MonotonicClock.now()
        let since = output.since ?? now
        output.since = since
        guard !isRefreshed, now - since < Self.patience else {
            output.hasWhole = true
            return GST_PAD_PROBE_OK
        }
        counts.awaitWholePicture()
        return GST_PAD_PROBE_DROP
    }

    /// Puts caps in the event's place that are true.
    private func correct(_ info: UnsafeMutablePointer<GstPadProbeInfo>, _ event: UnsafeMutablePointer<GstEvent>) {
        var given: UnsafeMutablePointer<GstCaps>?
        gst_event_parse_caps(event, &given)
        guard let given, let corrected = DecodedCaps.corrected(given, coded: color.withLock(\.self)) else { return }
        defer { gst_caps_unref(corrected) }
        guard let replacement = gst_event_new_caps(corrected) else { return }
        gst_event_set_seqnum(replacement, gst_event_get_seqnum(event))
        gst_event_unref(event)
        info.pointee.data = UnsafeMutableRawPointer(replacement)
    }
}
