/// H.264's picture parameter set (ITU-T H.264, 7.3.2.2).
enum H264PictureParameters {
    static let unitType: UInt8 = 8

    /// Whether a set reads well to its very end.
    ///
    /// - Parameters:
    ///   - unit: a whole NAL unit, its header byte included.
    ///   - sequences: sequence parameter sets that have come, by their numbers.
    static func isSound(_ unit: UnsafeRawBufferPointer, of sequences: [Int: VideoParameters]) -> Bool {
        guard let header = unit.first, header & 0x9F == unitType, header & 0x60 != 0 else { return false }
        var reader = BitReader(UnsafeRawBufferPointer(rebasing: unit.dropFirst()))
        guard reader.unsigned() <= 255, let sequence = sequences[Int(reader.unsigned())] else { return false }
        reader.skip(2)
        // More than one group of slices no decoder takes.
        guard reader.unsigned() == 0, reader.unsigned() <= 31, reader.unsigned() <= 31 else { return false }
        reader.skip(1)
        let lowest = -26 - 6 * Int32(sequence.bitDepth - 8)
        guard reader.bits(2) <= 2, (lowest...25).contains(reader.signed()), (-26...25).contains(reader.signed()),
            (-12...12).contains(reader.signed())
        else { return false }
        reader.skip(3)
        if reader.hasMore {
            let largeLists = reader.flag() ? (sequence.chromaFormat == 3 ? 6 : 2) : 0
            if reader.flag(), !H264ParameterSet.skipScalingLists(6 + largeLists, &reader) { return false }
            guard (-12...12).contains(reader.signed()) else { return false }
        }
        return reader.isAtEnd
    }
}
