/// H.264's sequence parameter set (ITU-T H.264, 7.3.2.1.1).
enum H264ParameterSet {
    static let unitType: UInt8 = 7
    /// Of a set for further views or layers, which begins as an ordinary one does.
    static let subsetUnitType: UInt8 = 15

    /// Profiles whose set tells chroma format and bit depth.
    private static let high: Set<UInt32> = [44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244]
    private static let subset: Set<UInt32> = [83, 86, 118, 128, 134, 135, 138, 139]
    private static let plain: Set<UInt32> = [44, 66, 77, 88, 100, 110, 122, 244]
    private static let levels: Set<UInt32> = [
        9, 10, 11, 12, 13, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 52, 60, 61, 62,
    ]

    /// - Parameters:
    ///   - unit: a whole NAL unit, its header byte included.
    ///   - isSubset: whether it is a subset set; of that only the beginning is read.
    /// - Returns: nil for what does not get as far as the size. Decoders take sets whose end is missing.
    static func parse(_ unit: UnsafeRawBufferPointer, isSubset: Bool = false) -> VideoParameters? {
        guard let header = unit.first, header & 0x9F == (isSubset ? subsetUnitType : unitType) else { return nil }
        var reader = BitReader(UnsafeRawBufferPointer(rebasing: unit.dropFirst()))
        var places = Places()
        return parse(header, &reader, isSubset: isSubset, &places)
    }

    /// Where in a payload something stands, in bits; nil where reading did not get there.
    struct Places {
        /// vui_parameters_present_flag.
        var usability: Int?
        /// bitstream_restriction_flag; nil where there are no VUI parameters, either.
        var restriction: Int?
        /// That one's value.
        var isRestricted = false
        /// max_num_ref_frames.
        var references: UInt32 = 0
    }

    /// - Parameters:
    ///   - header: the NAL unit's first byte.
    ///   - reader: at the payload's beginning.
    static func parse(
        _ header: UInt8, _ reader: inout BitReader, isSubset: Bool = false, _ places: inout Places
    ) -> VideoParameters? {
        let (profile, constraints, level) = (reader.bits(8), reader.bits(8), reader.bits(8))
        // What is judged only in order to know whether it is sound.
        var isSound =
            header & 0x60 != 0 && (isSubset ? subset : plain).contains(profile) && constraints & 3 == 0
            && levels.contains(level)
        let id = reader.unsigned()
        guard id < 32 else { return nil }
        var (chroma, depth) = (1, 8)
        if high.contains(profile) {
            chroma = Int(reader.unsigned())
            guard chroma <= 3 else { return nil }
            // Planes coded apart, and depths that differ, no decoder takes.
            if chroma == 3, reader.flag() { isSound = false }
            depth = 8 + Int(min(reader.unsigned(), 100))
            let chromaDepth = 8 + Int(min(reader.unsigned(), 100))
            guard depth <= 14, chromaDepth <= 14 else { return nil }
            isSound = isSound && depth == chromaDepth && [8, 9, 10, 12, 14].contains(depth)
            reader.skip(1)
            if reader.flag(), !skipScalingLists(chroma == 3 ? 12 : 8, &reader) { isSound = false }
        }
        if reader.unsigned() > 12 { isSound = false }  // log2_max_frame_num_minus4
        guard skipOrderCount(&reader, &isSound) else { return nil }
        places.references = reader.unsigned()
        if places.references > 16 { isSound = false }
        reader.skip(1)
        let (blocksAcross, unitsDown) = (UInt64(reader.unsigned()) + 1, UInt64(reader.unsigned()) + 1)
        let framesOnly = reader.flag()
        if !framesOnly { reader.skip(1) }
        reader.skip(1)
        guard !reader.isExhausted else { return nil }
        let (width, height) = (blocksAcross * 16, unitsDown * 16 * (framesOnly ? 1 : 2))
        var crop = [UInt64](repeating: 0, count: 4)
        if reader.flag() { for index in crop.indices { crop[index] = UInt64(reader.unsigned()) } }
        let (stepAcross, stepDown): (UInt64, UInt64) = (
            chroma == 1 || chroma == 2 ? 2 : 1, (chroma == 1 ? 2 : 1) * (framesOnly ? 1 : 2)
        )
        let (cropAcross, cropDown) = ((crop[0] + crop[1]) * stepAcross, (crop[2] + crop[3]) * stepDown)
        var parameters = VideoParameters(
            id: Int(id), codedWidth: Int(width), codedHeight: Int(height), width: Int(width), height: Int(height),
            bitDepth: depth, chromaFormat: chroma, isInterlaced: !framesOnly)
        guard !reader.isExhausted, width > cropAcross, height > cropDown else { return parameters }
        parameters.width = Int(width - cropAcross)
        parameters.height = Int(height - cropDown)
        places.usability = reader.position
        if reader.flag() {
            parameters.readUsability(&reader)
            if !skipRestOfUsability(&reader, &places) { isSound = false }
        }
        parameters.isSound = isSound && (isSubset ? !reader.isExhausted : reader.isAtEnd)
        return parameters
    }

    /// - Returns: whether all values are such as may be.
    static func skipScalingLists(_ count: Int, _ reader: inout BitReader) -> Bool {
        var isSound = true
        for list in 0..<count where reader.flag() {
            var (last, next): (Int32, Int32) = (8, 8)
            for _ in 0..<(list < 6 ? 16 : 64) where !reader.isExhausted {
                if next != 0 {
                    let delta = reader.signed()
                    if !(-128...127).contains(delta) { isSound = false }
                    next = (last &+ delta) & 0xFF
                }
                if next != 0 { last = next }
            }
        }
        return isSound
    }

    /// pic_order_cnt_type and what follows from it.
    private static func skipOrderCount(_ reader: inout BitReader, _ isSound: inout Bool) -> Bool {
        switch reader.unsigned() {
        case 0:
            if reader.unsigned() > 12 { isSound = false }
        case 1:
            reader.skip(1)
            _ = reader.signed()
            _ = reader.signed()
            let cycle = reader.unsigned()
            guard cycle <= 255 else { return false }
            for _ in 0..<cycle { _ = reader.signed() }
        case 2: break
        default: return false
        }
        return true
    }

    /// VUI parameters behind the place of chroma samples (E.1.1).
    ///
    /// - Returns: whether all values are such as may be.
    private static func skipRestOfUsability(_ reader: inout BitReader, _ places: inout Places) -> Bool {
        if reader.flag() { reader.skip(32 + 32 + 1) }  // timing
        let hasPayloadRates = reader.flag()
        if hasPayloadRates, !skipRates(&reader) { return false }
        let hasStreamRates = reader.flag()
        if hasStreamRates, !skipRates(&reader) { return false }
        if hasPayloadRates || hasStreamRates { reader.skip(1) }
        reader.skip(1)
        places.restriction = reader.position
        places.isRestricted = reader.flag()
        guard places.isRestricted else { return true }
        reader.skip(1)
        for _ in 0..<4 where reader.unsigned() > 16 { return false }
        let (reordered, held) = (reader.unsigned(), reader.unsigned())
        return reordered <= held && held <= 16
    }

    /// hrd_parameters (E.1.2).
    private static func skipRates(_ reader: inout BitReader) -> Bool {
        let count = reader.unsigned()
        guard count < 32 else { return false }
        reader.skip(8)
        for _ in 0...count {
            _ = reader.unsigned()
            _ = reader.unsigned()
            reader.skip(1)
        }
        reader.skip(20)
        return true
    }
}
