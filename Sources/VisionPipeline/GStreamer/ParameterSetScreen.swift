/// Which parameter sets of a stream are let through: once sound ones have come, only such.
///
/// GStreamer 1.22 keeps every set that ever came by its number, a damaged one under any number, and tells all of them again and again;
/// libav takes none of H.264's that are told together where one is no such. One damaged byte would take the picture for good.
struct ParameterSetScreen {
    private let codec: VideoUnits.Codec
    private let limit: PictureLimit
    /// Sound ones that came, by their numbers.
    private var sequences: [Int: VideoParameters] = [:]
    /// The newest that was refused, by its kind, since a sound one came.
    private var refused: [UInt8: [UInt8]] = [:]

    init(_ codec: VideoUnits.Codec, _ limit: PictureLimit) { (self.codec, self.limit) = (codec, limit) }

    /// Takes note of a set that came by another way.
    mutating func learn(_ unit: UnsafeRawBufferPointer) {
        guard let header = unit.first else { return }
        let type = codec == .h264 ? header & 0x1F : header >> 1 & 0x3F
        if codec.isSet(type) { _ = isSound(unit, type) }
    }

    /// - Parameter unit: a whole parameter set, header first, not empty.
    mutating func accepts(_ unit: UnsafeRawBufferPointer, type: UInt8) -> Bool {
        if isSound(unit, type) {
            refused[type] = nil
            return true
        }
        if sequences.isEmpty { return true }
        // Damage does not repeat itself: what comes again just so is meant.
        if let last = refused[type], last.count == unit.count, zip(last, unit).allSatisfy(==) { return true }
        refused[type] = Array(unit)
        return false
    }

    private mutating func isSound(_ unit: UnsafeRawBufferPointer, _ type: UInt8) -> Bool {
        switch (codec, type) {
        case (.h264, H264ParameterSet.unitType): note(H264ParameterSet.parse(unit))
        case (.h264, H264ParameterSet.subsetUnitType):
            H264ParameterSet.parse(unit, isSubset: true).map { $0.isSound && limit.allows($0) } ?? false
        case (.h264, _): H264PictureParameters.isSound(unit, of: sequences)
        case (.h265, H265ParameterSet.unitType): note(H265ParameterSet.parse(unit))
        case (.h265, H265VideoParameters.unitType): H265VideoParameters.isSound(unit)
        case (.h265, _): H265PictureParameters.isSound(unit, of: sequences)
        }
    }

    private mutating func note(_ sequence: VideoParameters?) -> Bool {
        guard let sequence, sequence.isSound, limit.allows(sequence) else { return false }
        sequences[sequence.id] = sequence
        return true
    }
}
