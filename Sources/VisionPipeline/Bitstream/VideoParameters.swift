/// What a coded video says of its pictures before any is decoded: the same for H.264 and H.265.
struct VideoParameters: Hashable, Sendable {
    /// Pictures name the set by this number; a set with the same one takes its place.
    var id = 0
    /// Pixels that the decoder allocates, whole blocks.
    var codedWidth: Int
    var codedHeight: Int
    /// Pixels that are shown.
    var width: Int
    var height: Int
    /// Bits a luma sample.
    var bitDepth: Int
    /// 0 gray, 1 4:2:0, 2 4:2:2, 3 4:4:4 (chroma_format_idc).
    var chromaFormat: Int
    /// Fields may be coded instead of frames.
    var isInterlaced: Bool
    /// Width to height of a sample; nil: not said.
    var sampleAspectRatio: SampleAspectRatio?
    var color: CodedColor?
    /// The set reads well to its very end. Decoders take many that do not, but among sets that do such a one was damaged on its way.
    var isSound = false
}

/// How a video's numbers become colours, as its bitstream says (ITU-T H.273).
struct CodedColor: Hashable, Sendable {
    /// Luma 0…255 (or the same share of more bits) instead of 16…235.
    var isFullRange: Bool
    /// colour_primaries, transfer_characteristics, matrix_coefficients; 2 is "not said".
    var primaries = 2
    var transfer = 2
    var matrix = 2
}

/// Width to height of a pixel.
struct SampleAspectRatio: Hashable, Sendable {
    var width: Int
    var height: Int

    /// Table E-1 of H.264 and H.265, from aspect_ratio_idc 1.
    private static let known: [(Int, Int)] = [
        (1, 1), (12, 11), (10, 11), (16, 11), (40, 33), (24, 11), (20, 11), (32, 11), (80, 33), (18, 11), (15, 11),
        (64, 33), (160, 99), (4, 3), (3, 2), (2, 1),
    ]

    init?(width: Int, height: Int) {
        guard width > 0, height > 0 else { return nil }
        self.width = width
        self.height = height
    }

    fileprivate init?(indicator: Int) {
        guard Self.known.indices.contains(indicator - 1) else { return nil }
        (width, height) = Self.known[indicator - 1]
    }
}

extension VideoParameters {
    /// The beginning of VUI parameters, which H.264 (E.1.1) and H.265 (E.2.1) share, up to the place of chroma samples.
    mutating func readUsability(_ reader: inout BitReader) {
        if reader.flag() {
            let indicator = Int(reader.bits(8))
            if indicator == 255 {
                let (width, height) = (Int(reader.bits(16)), Int(reader.bits(16)))
                sampleAspectRatio = SampleAspectRatio(width: width, height: height)
            } else {
                sampleAspectRatio = SampleAspectRatio(indicator: indicator)
            }
        }
        if reader.flag() { reader.skip(1) }  // overscan
        if reader.flag() { readColor(&reader) }
        if reader.flag() {  // chroma_loc_info_present_flag
            _ = reader.unsigned()
            _ = reader.unsigned()
        }
    }

    private mutating func readColor(_ reader: inout BitReader) {
        reader.skip(3)  // video_format
        var color = CodedColor(isFullRange: reader.flag())
        if reader.flag() {
            color.primaries = Int(reader.bits(8))
            color.transfer = Int(reader.bits(8))
            color.matrix = Int(reader.bits(8))
        }
        if !reader.isExhausted { self.color = color }
    }
}
