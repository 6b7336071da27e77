internal import CGStreamer
internal import WorkerLink

/// What comes to a decoder: which of it is sound and of an allowed size, and what shows of it before it is decoded.
struct DecoderInput {
    private let limit: PictureLimit
    /// Borrowed: this lives in probes on its pads.
    let decoder: UnsafeMutablePointer<GstElement>
    private var kind = Kind.unknown
    /// A parameter set has come whose pictures are of an allowed size.
    private var hasAccepted = false
    private var jpegs = JPEGReader()
    /// What the newest parameter set says of colours; nil, too, where that says nothing.
    private(set) var color: CodedColor?
    private var threads = DecoderThreads()
    private let isJPEGDec: Bool

    private enum Kind {
        case unknown
        /// One picture a buffer.
        case jpeg
        /// JPEGs, cut wherever a read ended.
        case jpegBytes
        /// `layout` of the units; `refused` are parameter sets whose pictures are too large, until others take their numbers.
        case video(VideoUnits.Codec, NALUnits.Layout, refused: Set<Int>)
    }

    /// What shows in a picture before it is decoded.
    struct Look {
        /// It refers to no other; nil where nobody can tell.
        var isKey: Bool?
        /// How many pictures after this one the camera says that one is whole.
        var recovery: Int?
        /// Some of it is missing; nil where nobody can tell.
        var isIncomplete: Bool?
        /// A JPEG that the decoder would get wrong; see `JPEGRecoder`.
        var mistaken: JPEGStructure?
    }

    init(_ decoder: UnsafeMutablePointer<GstElement>, _ limit: PictureLimit) {
        (self.decoder, self.limit) = (decoder, limit)
        isJPEGDec = decoder.factoryName == "jpegdec"
    }

    var isUnknown: Bool { if case .unknown = kind { true } else { false } }

    /// Each is whole by itself.
    var isPictures: Bool {
        switch kind {
        case .jpeg, .jpegBytes: true
        case .unknown, .video: false
        }
    }

    /// Another stream begins.
    mutating func forgetColor() { color = nil }

    // MARK: Caps

    /// - Returns: false when pictures of an allowed size have come, and these caps are of such that cannot be.
    mutating func begin(with caps: UnsafeMutablePointer<GstCaps>) -> Bool {
        guard !hasAccepted || isPossible(caps) else { return false }
        kind = .unknown
        if !isRepeated(caps) { color = nil }
        guard let structure = gst_caps_get_structure(caps, 0), let name = gst_structure_get_name(structure) else {
            return true
        }
        switch String(cString: name) {
        case "image/jpeg":
            // Of bytes that nobody has cut into pictures only the size can be judged that they claim.
            kind = decoder.pad(named: "sink").map { PictureFraming.isWhole(before: $0) } == true ? .jpeg : .jpegBytes
        case "video/x-h264": begin(.h264, structure)
        case "video/x-h265": begin(.h265, structure)
        default: break
        }
        return true
    }

    /// Whether the decoder has these already, and goes on with the parameter sets that it has.
    private func isRepeated(_ caps: UnsafeMutablePointer<GstCaps>) -> Bool {
        guard let pad = decoder.pad(named: "sink"), let current = gst_pad_get_current_caps(pad.pointer) else {
            return false
        }
        defer { gst_caps_unref(current) }
        return gst_caps_is_equal(current, caps) != 0
    }

    /// Whether caps say nothing of the pictures' size, or one that may be.
    private func isPossible(_ caps: UnsafeMutablePointer<GstCaps>) -> Bool {
        guard let structure = gst_caps_get_structure(caps, 0), let size = Self.size(structure) else { return true }
        return size.width > 0 && size.height > 0 && limit.allows(width: size.width, height: size.height)
    }

    /// What caps say of the pictures' size, pixels.
    private static func size(_ structure: UnsafePointer<GstStructure>) -> (width: Int, height: Int)? {
        var (width, height) = (gint(0), gint(0))
        guard gst_structure_get_int(structure, "width", &width) != 0,
            gst_structure_get_int(structure, "height", &height) != 0
        else { return nil }
        return (Int(width), Int(height))
    }

    private mutating func begin(_ codec: VideoUnits.Codec, _ structure: UnsafePointer<GstStructure>) {
        kind = .video(codec, .byteStream, refused: [])
        let size = Self.size(structure)
        threads.choose(for: decoder, width: size?.width ?? 0, height: size?.height ?? 0)
        guard let value = gst_structure_get_value(structure, "codec_data"), let boxed = g_value_get_boxed(value)
        else { return haveSetsRepeated() }
        let buffer = boxed.assumingMemoryBound(to: GstBuffer.self)
        var map = GstMapInfo()
        guard gst_buffer_map(buffer, &map, GST_MAP_READ) != 0 else { return }
        defer { gst_buffer_unmap(buffer, &map) }
        guard
            let record = DecoderConfiguration(
                UnsafeRawBufferPointer(start: map.data, count: Int(map.size)), isH265: codec == .h265)
        else { return }
        kind = .video(codec, .lengthPrefixed(record.lengthSize), refused: [])
        for set in record.parameterSets { set.withUnsafeBytes { note($0, codec, record.lengthSize) } }
    }

    /// Has the parser before the decoder put the parameter sets before each keyframe.
    ///
    /// Caps that change for a word in passing (SEI: light levels, fields) have libav begin anew, without a set where those stand
    /// among the pictures; and depayloaders take them out, so that GStreamer 1.22's parsers put them in once, and when they change.
    private func haveSetsRepeated() {
        let parsers = decoder.pad(named: "sink")?.nearestUpstream { element in
            ["h264parse", "h265parse"].contains(element.factoryName) ? element : nil
        }
        for parser in parsers ?? [] where parser.integer("config-interval") == 0 {
            parser.set("config-interval", Int32(-1))
        }
    }

    // MARK: Buffers

    mutating func accepts(_ bytes: UnsafeRawBufferPointer, _ look: inout Look) -> Bool {
        switch kind {
        case .unknown: return true
        case .jpeg:
            guard let picture = jpegs.structure(of: bytes), limit.allows(picture) else { return false }
            if isJPEGDec, JPEGRecoder.isNeeded(for: picture) { look.mistaken = picture }
            return true
        case .jpegBytes:
            return JPEGReader.claimedSizes(in: bytes).allSatisfy { limit.allows(width: $0.width, height: $0.height) }
        case .video(let codec, let layout, _):
            var units = VideoUnits(codec)
            // All of them: parameter sets stand before the pictures that they are for, and where they do not, a decoder reads
            // them all the same.
            NALUnits.forEach(in: bytes, layout) { unit in
                if units.note(unit) == .parameterSet { note(unit, codec, nil) }
                return true
            }
            (look.isKey, look.recovery) = (units.isKey, units.recovery)
            if units.lacksBeginning { look.isIncomplete = true }
            if case .video(_, _, let refused) = kind { return refused.isEmpty }
            return true
        }
    }

    /// - Parameter unit: a NAL unit that may be a sequence parameter set.
    private mutating func note(_ unit: UnsafeRawBufferPointer, _ codec: VideoUnits.Codec, _ lengthSize: Int?) {
        guard case .video(_, let layout, var refused) = kind,
            let found = codec == .h264 ? H264ParameterSet.parse(unit) : H265ParameterSet.parse(unit)
        else { return }
        color = found.color
        let isRefused = !limit.allows(found)
        let isNew = isRefused && refused.isEmpty
        if isRefused { refused.insert(found.id) } else { refused.remove(found.id) }
        kind = .video(codec, layout, refused: refused)
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
}
