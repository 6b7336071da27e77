extension H265ParameterSet {
    /// VUI parameters behind the place of chroma samples (ITU-T H.265, E.2.1).
    ///
    /// - Parameter layers: one less than there are.
    /// - Returns: whether all values are such as may be.
    static func skipRestOfUsability(_ layers: Int, _ reader: inout BitReader) -> Bool {
        reader.skip(3)
        if reader.flag() { for _ in 0..<4 { _ = reader.unsigned() } }  // default_display_window
        if reader.flag() {  // timing
            guard skipTiming(&reader) else { return false }
            if reader.flag(), !skipRates(hasCommon: true, layers, &reader) { return false }
        }
        guard reader.flag() else { return true }  // bitstream_restriction_flag
        reader.skip(3)
        guard reader.unsigned() <= 4095 else { return false }
        for _ in 0..<4 where reader.unsigned() > 16 { return false }
        return true
    }

    /// num_units_in_tick and what follows from it, up to hrd_parameters.
    static func skipTiming(_ reader: inout BitReader) -> Bool {
        reader.skip(32 + 32)
        if reader.flag() { _ = reader.unsigned() }
        return !reader.isExhausted
    }

    /// hrd_parameters (E.2.2).
    static func skipRates(hasCommon: Bool, _ layers: Int, _ reader: inout BitReader) -> Bool {
        var (hasPayload, hasStream, hasParts) = (false, false, false)
        if hasCommon {
            (hasPayload, hasStream) = (reader.flag(), reader.flag())
            if hasPayload || hasStream {
                hasParts = reader.flag()
                reader.skip((hasParts ? 19 : 0) + 8 + (hasParts ? 4 : 0) + 15)
            }
        }
        for _ in 0...layers {
            let isFixed = reader.flag()
            let isFixedWithin = isFixed || reader.flag()
            var isLowDelay = false
            if isFixedWithin { _ = reader.unsigned() } else { isLowDelay = reader.flag() }
            let count = isLowDelay ? 0 : reader.unsigned()
            guard count < 32, !reader.isExhausted else { return false }
            for isPresent in [hasPayload, hasStream] where isPresent {
                for _ in 0...count {
                    for _ in 0..<(hasParts ? 4 : 2) { _ = reader.unsigned() }
                    reader.skip(1)
                }
            }
        }
        return true
    }
}
