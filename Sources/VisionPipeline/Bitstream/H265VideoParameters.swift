/// H.265's video parameter set (ITU-T H.265, 7.3.2.1).
enum H265VideoParameters {
    static let unitType: UInt8 = 32

    /// Whether a set reads well to its very end.
    ///
    /// - Parameter unit: a whole NAL unit, its two header bytes included.
    static func isSound(_ unit: UnsafeRawBufferPointer) -> Bool {
        guard unit.count > 2, unit[0] == unitType << 1, unit[1] == 1 else { return false }
        var reader = BitReader(UnsafeRawBufferPointer(rebasing: unit.dropFirst(2)))
        reader.skip(12)
        let layers = Int(reader.bits(3))  // one less than there are
        reader.skip(1)
        guard layers < 7, reader.bits(16) == 0xFFFF, H265ParameterSet.skipProfile(layers, &reader) else { return false }
        let first = reader.flag() ? 0 : layers
        for _ in first...layers { for _ in 0..<3 { _ = reader.unsigned() } }
        let highest = Int(reader.bits(6))
        let layerSets = reader.unsigned()
        guard layerSets <= 1023 else { return false }
        reader.skip(Int(layerSets) * (highest + 1))
        if reader.flag(), !skipTiming(layers, &reader) { return false }
        let hasExtension = reader.flag()
        return hasExtension ? reader.hasMore : reader.isAtEnd
    }

    private static func skipTiming(_ layers: Int, _ reader: inout BitReader) -> Bool {
        guard H265ParameterSet.skipTiming(&reader) else { return false }
        let rates = reader.unsigned()
        guard rates <= 1024 else { return false }
        for index in 0..<rates {
            _ = reader.unsigned()
            let hasCommon = index == 0 || reader.flag()
            guard H265ParameterSet.skipRates(hasCommon: hasCommon, layers, &reader) else { return false }
        }
        return true
    }
}
