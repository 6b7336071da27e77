internal import CGStreamer
internal import WorkerLink

/// What coded pictures say before anybody decodes or keeps them, and which of them are sound and of an allowed size.
///
/// It stands before decoders (`DecoderInput`) and before what is written down or sent on as it comes (`CodedGuard`).
struct PictureScreen {
    private let limit: PictureLimit
    private var kind = Kind.unknown
    /// Pictures of an allowed size have come, or what says that they will be.
    private(set) var hasAccepted = false
    private var jpegs = JPEGReader()
    private var oversized = OversizedPictures()
    /// Of video that others go on with as it is; nil: parameter sets are judged by their size alone.
    private var sets: ParameterSetScreen?
    private let keepsSets: Bool
    /// What the newest parameter set says of colours; nil, too, where that says nothing.
    private(set) var color: CodedColor?
    /// The first that was too large, before any was of an allowed size: there is nothing to go on with.
    private(set) var excess: CodedSize?

    private enum Kind {
        case unknown
        /// The caps were of pictures that are too large.
        case refused
        /// One picture a buffer.
        case jpeg
        /// JPEGs, cut wherever a read ended.
        case jpegBytes
        /// `layout` of the units; `refused` are parameter sets whose pictures are too large, until others take their numbers.
        case video(VideoUnits.Codec, NALUnits.Layout, refused: Set<Int>)
        /// What else says in its headers how large it is.
        case other(PictureCoding)
    }

    /// What shows in a picture before it is decoded.
    struct Look {
        /// It refers to no other; nil where nobody can tell.
        var isKey: Bool?
        /// How many pictures after this one the camera says that one is whole.
        var recovery: Int?
        /// Some of it is missing; nil where nobody can tell.
        var isIncomplete: Bool?
        /// How a JPEG is put together.
        var jpeg: JPEGStructure?
    }

    /// - Parameter keepsSets: a damaged parameter set is to spoil nothing: whoever gets these pictures keeps it.
    init(_ limit: PictureLimit, keepsSets: Bool = false) { (self.limit, self.keepsSets) = (limit, keepsSets) }

    var isUnknown: Bool { if case .unknown = kind { true } else { false } }

    /// Each is whole by itself.
    var isPictures: Bool {
        switch kind {
        case .jpeg, .jpegBytes, .refused: true
        case .other(let coding): coding.isStill
        case .unknown, .video: false
        }
    }

    /// A buffer of video may be less than a picture.
    private(set) var isUnits = false

    /// JPEGs, cut wherever a read ended.
    var isBytes: Bool { if case .jpegBytes = kind { true } else { false } }

    /// Another stream begins.
    mutating func forgetColor() { color = nil }

    // MARK: Caps

    /// - Parameters:
    ///   - isRepeated: they are in force already, and the parameter sets that are there, too.
    ///   - isFramed: whether each buffer of JPEG is one picture; asked of no others.
    /// - Returns: false where nobody is to have these caps: their pictures are too large, or cannot be and sound ones have come.
    mutating func begin(
        with caps: UnsafeMutablePointer<GstCaps>, isRepeated: Bool, isFramed: () -> Bool
    ) -> Bool {
        guard let structure = gst_caps_get_structure(caps, 0).map({ UnsafePointer($0) }),
            let type = gst_structure_get_name(structure)
        else { return true }
        let name = String(cString: type)
        let size = CodedSize(structure)
        if let size, Self.isCoded(name), !isPossible(size) {
            guard !hasAccepted else { return false }
            if !limit.allows(size) {
                refuse(size)
                kind = .refused
                return false
            }
        }
        kind = .unknown
        if !isRepeated { color = nil }
        switch name {
        case "image/jpeg": kind = isFramed() ? .jpeg : .jpegBytes
        case "video/x-h264": begin(.h264, structure)
        case "video/x-h265": begin(.h265, structure)
        default:
            guard let coding = PictureCoding(name, version: structure.integer("mpegversion")) else { break }
            kind = .other(coding)
            structure.withBuffer("codec_data") { judge(coding.sizes(in: $0)) }
        }
        return true
    }

    private static func isCoded(_ type: String) -> Bool {
        type != "video/x-raw" && (type.hasPrefix("video/") || type.hasPrefix("image/"))
    }

    /// Whether caps say nothing of the pictures' size, or one that may be.
    private func isPossible(_ size: CodedSize) -> Bool { size.width > 0 && size.height > 0 && limit.allows(size) }

    private mutating func begin(_ codec: VideoUnits.Codec, _ structure: UnsafePointer<GstStructure>) {
        kind = .video(codec, .byteStream, refused: [])
        isUnits = gst_structure_get_string(structure, "alignment").map { String(cString: $0) } != "au"
        if keepsSets, sets == nil { sets = ParameterSetScreen(codec, limit) }
        structure.withBuffer("codec_data") { bytes in
            guard let record = DecoderConfiguration(bytes, isH265: codec == .h265) else { return }
            kind = .video(codec, .lengthPrefixed(record.lengthSize), refused: [])
            for set in record.parameterSets {
                set.withUnsafeBytes {
                    note($0, codec)
                    sets?.learn($0)
                }
            }
        }
    }

    // MARK: Buffers

    mutating func accepts(_ bytes: UnsafeRawBufferPointer, _ look: inout Look) -> Bool {
        switch kind {
        case .unknown: return true
        case .refused: return false
        case .jpeg:
            guard bytes.count <= limit.bytes, let picture = jpegs.structure(of: bytes),
                judgePicture(picture.size), limit.allows(picture)
            else { return false }
            look.jpeg = picture
            return true
        case .jpegBytes: return JPEGReader.claimedSizes(in: bytes).allSatisfy { judgePicture($0) }
        case .video(let codec, let layout, _): return acceptsVideo(bytes, codec, layout, &look)
        case .other(let coding): return judge(coding.sizes(in: bytes))
        }
    }

    private mutating func acceptsVideo(
        _ bytes: UnsafeRawBufferPointer, _ codec: VideoUnits.Codec, _ layout: NALUnits.Layout, _ look: inout Look
    ) -> Bool {
        var units = VideoUnits(codec)
        var isSound = sets == nil || NALUnits.isWhole(bytes, layout)
        // All of them: parameter sets stand before the pictures that they are for, and where they do not, a decoder reads
        // them all the same.
        NALUnits.forEach(in: bytes, layout) { unit in
            let kind = units.note(unit)
            let type = codec == .h264 ? unit[0] & 0x1F : unit[0] >> 1 & 0x3F
            if codec.isSet(type), sets?.accepts(unit, type: type) == false { isSound = false }
            if kind == .parameterSet { note(unit, codec) }
            return true
        }
        (look.isKey, look.recovery) = (units.isKey, units.recovery)
        if units.lacksBeginning { look.isIncomplete = true }
        if case .video(_, _, let refused) = kind { return isSound && refused.isEmpty }
        return isSound
    }

    /// - Parameter unit: a NAL unit that may be a sequence parameter set.
    private mutating func note(_ unit: UnsafeRawBufferPointer, _ codec: VideoUnits.Codec) {
        guard case .video(_, let layout, var refused) = kind,
            let found = codec == .h264 ? H264ParameterSet.parse(unit) : H265ParameterSet.parse(unit)
        else { return }
        color = found.color
        if limit.allows(found) {
            refused.remove(found.id)
            hasAccepted = true
        } else {
            refused.insert(found.id)
            // After sound ones it is damage: its pictures are dropped, and the next sound set brings the picture back.
            refuse(CodedSize(width: found.codedWidth, height: found.codedHeight))
        }
        kind = .video(codec, layout, refused: refused)
    }

    /// - Returns: whether all of them may be.
    @discardableResult
    private mutating func judge(_ sizes: [CodedSize]) -> Bool {
        guard let large = sizes.first(where: { !limit.allows($0) }) else {
            if !sizes.isEmpty { hasAccepted = true }
            return true
        }
        refuse(large)
        return false
    }

    /// - Parameter size: of one that is whole by itself, and may be damaged.
    /// - Returns: whether it may be.
    private mutating func judgePicture(_ size: CodedSize) -> Bool {
        guard limit.allows(size) else {
            oversized.refuse(size)
            if let size = oversized.excess { refuse(size) }
            return false
        }
        oversized.accept()
        hasAccepted = true
        return true
    }

    private mutating func refuse(_ size: CodedSize) { if !hasAccepted, excess == nil { excess = size } }
}

extension CodedSize {
    /// What caps say; nil where they say nothing.
    fileprivate init?(_ structure: UnsafePointer<GstStructure>) {
        var (width, height) = (gint(0), gint(0))
        guard gst_structure_get_int(structure, "width", &width) != 0,
            gst_structure_get_int(structure, "height", &height) != 0
        else { return nil }
        self.init(width: Int(width), height: Int(height))
    }
}

extension UnsafePointer<GstStructure> {
    fileprivate func integer(_ field: String) -> Int? {
        var value = gint(0)
        return gst_structure_get_int(self, field, &value) != 0 ? Int(value) : nil
    }

    /// Shows the bytes of a buffer that caps hold, if there is one.
    fileprivate func withBuffer(_ field: String, _ body: (UnsafeRawBufferPointer) -> Void) {
        guard let value = gst_structure_get_value(self, field), value.pointee.g_type == gst_buffer_get_type(),
            let boxed = g_value_get_boxed(value)
        else { return }
        let buffer = boxed.assumingMemoryBound(to: GstBuffer.self)
        var map = GstMapInfo()
        guard gst_buffer_map(buffer, &map, GST_MAP_READ) != 0 else { return }
        defer { gst_buffer_unmap(buffer, &map) }
        body(UnsafeRawBufferPointer(start: map.data, count: Int(map.size)))
    }
}
