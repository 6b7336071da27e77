/// H.265's picture parameter set (ITU-T H.265, 7.3.2.3).
enum H265PictureParameters {
    static let unitType: UInt8 = 34

    /// Whether a set reads well to its very end.
    ///
    /// - Parameters:
    ///   - unit: a whole NAL unit, its two header bytes included.
    ///   - sequences: sequence parameter sets that have come, by their numbers.
    static func isSound(_ unit: UnsafeRawBufferPointer, of sequences: [Int: VideoParameters]) -> Bool {
        guard unit.count > 2, unit[0] == unitType << 1, unit[1] == 1 else { return false }
        var reader = BitReader(UnsafeRawBufferPointer(rebasing: unit.dropFirst(2)))
        guard reader.unsigned() < 64, let sequence = sequences[Int(reader.unsigned())] else { return false }
        reader.skip(7)
        let lowest = -26 - 6 * Int32(sequence.bitDepth - 8)
        guard reader.unsigned() <= 14, reader.unsigned() <= 14, (lowest...25).contains(reader.signed()) else {
            return false
        }
        reader.skip(2)
        if reader.flag(), reader.unsigned() > 3 { return false }  // cu_qp_delta
        guard (-12...12).contains(reader.signed()), (-12...12).contains(reader.signed()) else { return false }
        reader.skip(4)
        let hasTiles = reader.flag()
        reader.skip(1)
        if hasTiles, !skipTiles(&reader) { return false }
        reader.skip(1)
        if reader.flag() {  // deblocking_filter_control_present_flag
            reader.skip(1)
            if !reader.flag() {
                guard (-6...6).contains(reader.signed()), (-6...6).contains(reader.signed()) else { return false }
            }
        }
        if reader.flag() { H265ParameterSet.skipScalingLists(&reader) }
        reader.skip(1)
        guard reader.unsigned() <= 4 else { return false }  // log2_parallel_merge_level_minus2
        reader.skip(1)
        return H265ParameterSet.endsWell(&reader)
    }

    /// - Returns: whether no more are there than any level has (table A.8).
    private static func skipTiles(_ reader: inout BitReader) -> Bool {
        let (columns, rows) = (reader.unsigned(), reader.unsigned())
        guard columns < 20, rows < 22 else { return false }
        if !reader.flag() { for _ in 0..<columns + rows { _ = reader.unsigned() } }
        reader.skip(1)
        return true
    }
}
