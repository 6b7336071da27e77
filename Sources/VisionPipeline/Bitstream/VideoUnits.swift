/// What the NAL units of one H.264 or H.265 picture say of it before it is decoded.
struct VideoUnits {
    enum Codec { case h264, h265 }

    enum Kind { case parameterSet, slice, other }

    private let codec: Codec
    private var hasSlice = false
    private var isIntra = true
    private var isRandomAccess = false
    /// Its first slice is not the one at its top.
    private(set) var lacksBeginning = false
    /// How many pictures after this one the camera says that one is whole (H.264).
    private(set) var recovery: Int?

    init(_ codec: Codec) { self.codec = codec }

    /// It refers to no other picture; nil where there is none.
    ///
    /// Flags do not tell: parsers take one that begins to refresh the picture bit by bit for a keyframe, depayloaders every one that
    /// has parameter sets before it.
    var isKey: Bool? {
        guard hasSlice else { return nil }
        return isRandomAccess || codec == .h264 && isIntra && (recovery ?? 0) == 0
    }

    mutating func note(_ unit: UnsafeRawBufferPointer) -> Kind {
        switch codec {
        case .h264:
            switch unit[0] & 0x1F {
            case H264ParameterSet.unitType: return .parameterSet
            case 6: recovery = H264RecoveryPoint.pictures(unit) ?? recovery
            case 1...5: return slice(unit, header: 1, isRandomAccess: unit[0] & 0x1F == 5)
            default: break
            }
        case .h265:
            switch unit[0] >> 1 & 0x3F {
            case H265ParameterSet.unitType: return .parameterSet
            case 0..<32: return slice(unit, header: 2, isRandomAccess: (16...23).contains(unit[0] >> 1 & 0x3F))
            default: break
            }
        }
        return .other
    }

    private mutating func slice(_ unit: UnsafeRawBufferPointer, header: Int, isRandomAccess: Bool) -> Kind {
        // A slice says where it begins, a one where that is at the top: first_mb_in_slice, first_slice_segment_in_pic_flag.
        if !hasSlice, unit.count > header, unit[header] & 0x80 == 0 { lacksBeginning = true }
        hasSlice = true
        self.isRandomAccess = self.isRandomAccess || isRandomAccess
        if codec == .h264, isIntra, !isRandomAccess {
            var reader = BitReader(UnsafeRawBufferPointer(rebasing: unit[header...]))
            _ = reader.unsigned()
            // slice_type, table 7-6: I and SI.
            isIntra = [2, 4].contains(reader.unsigned() % 5) && !reader.isExhausted
        }
        return .slice
    }
}

extension VideoUnits.Codec {
    /// Whether a unit of this type stays in force for pictures to come.
    func isSet(_ type: UInt8) -> Bool {
        switch self {
        case .h264:
            type == H264ParameterSet.unitType || type == H264PictureParameters.unitType
                // GStreamer 1.22 takes its place for that of an ordinary one.
                || type == H264ParameterSet.subsetUnitType
        case .h265: (H265VideoParameters.unitType...H265PictureParameters.unitType).contains(type)
        }
    }

    /// Whether a unit of this type is a slice, or a part of one (H.264, table 7-1; H.265, table 7-1).
    func isSlice(_ type: UInt8) -> Bool { self == .h264 ? (1...5).contains(type) : type < 32 }
}
