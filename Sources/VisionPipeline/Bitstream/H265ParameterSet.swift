/// H.265's sequence parameter set (ITU-T H.265, 7.3.2.2).
enum H265ParameterSet {
    static let unitType: UInt8 = 33

    /// - Parameter unit: a whole NAL unit, its two header bytes included.
    /// - Returns: nil for what does not get as far as the size. Decoders take sets whose end is missing.
    static func parse(_ unit: UnsafeRawBufferPointer) -> VideoParameters? {
        guard unit.count > 2, unit[0] >> 1 == unitType else { return nil }
        var reader = BitReader(UnsafeRawBufferPointer(rebasing: unit.dropFirst(2)))
        reader.skip(4)
        let layers = Int(reader.bits(3))  // one less than there are
        reader.skip(1)
        // What is judged only in order to know whether it is sound.
        var isSound = skipProfile(layers, &reader) && unit[0] == unitType << 1 && unit[1] == 1
        let id = reader.unsigned()
        guard layers < 7, id < 16 else { return nil }
        let chroma = Int(reader.unsigned())
        guard chroma <= 3 else { return nil }
        // Planes coded apart no decoder takes.
        if chroma == 3, reader.flag() { isSound = false }
        let (width, height) = (UInt64(reader.unsigned()), UInt64(reader.unsigned()))
        guard !reader.isExhausted, width > 0, height > 0 else { return nil }
        var crop = [UInt64](repeating: 0, count: 4)
        if reader.flag() { for index in crop.indices { crop[index] = UInt64(reader.unsigned()) } }
        let cropAcross = (crop[0] + crop[1]) * (chroma == 1 || chroma == 2 ? 2 : 1)
        let cropDown = (crop[2] + crop[3]) * (chroma == 1 ? 2 : 1)
        let depth = 8 + Int(min(reader.unsigned(), 100))
        var parameters = VideoParameters(
            id: Int(id), codedWidth: Int(width), codedHeight: Int(height), width: Int(width), height: Int(height),
            bitDepth: depth, chromaFormat: chroma, isInterlaced: false)
        let chromaDepth = reader.unsigned() + 8
        guard depth <= 16, chromaDepth <= 16, width > cropAcross, height > cropDown, !reader.isExhausted else {
            return parameters
        }
        parameters.width = Int(width - cropAcross)
        parameters.height = Int(height - cropDown)
        // What comes before the colours is long; where it is odd, size is known all the same.
        guard skipToUsability(layers, &reader) else { return parameters }
        if reader.flag(), !reader.isExhausted {
            parameters.readUsability(&reader)
            if !skipRestOfUsability(layers, &reader) { isSound = false }
        }
        isSound = isSound && chromaDepth == depth && [8, 9, 10, 12].contains(depth)
        parameters.isSound = endsWell(&reader) && isSound
        return parameters
    }

    /// Whether a set that has come to its extensions ends there, or has some of the known kinds.
    static func endsWell(_ reader: inout BitReader) -> Bool {
        guard reader.flag() else { return reader.isAtEnd }
        let kinds = reader.bits(8)
        return kinds & 0x0F == 0 && (kinds == 0 ? reader.isAtEnd : reader.hasMore)
    }

    /// profile_tier_level (7.3.3).
    ///
    /// - Parameter layers: one less than there are.
    /// - Returns: whether it is of a known profile and level.
    static func skipProfile(_ layers: Int, _ reader: inout BitReader) -> Bool {
        let isKnownSpace = reader.bits(2) == 0
        reader.skip(1)
        let profile = reader.bits(5)
        reader.skip(80)
        let level = reader.bits(8)
        var present: [(profile: Bool, level: Bool)] = []
        for _ in 0..<layers { present.append((reader.flag(), reader.flag())) }
        if layers > 0 { reader.skip(2 * (8 - layers)) }
        for layer in present {
            if layer.profile { reader.skip(88) }
            if layer.level { reader.skip(8) }
        }
        // Levels are numbered by thirds of tenths (A.4.1).
        return isKnownSpace && profile <= 11 && level > 0 && (level % 3 == 0)
    }

    /// Everything between the bit depths and vui_parameters_present_flag.
    private static func skipToUsability(_ layers: Int, _ reader: inout BitReader) -> Bool {
        let orderCountBits = Int(min(reader.unsigned(), 12)) + 4
        let first = reader.flag() ? 0 : layers
        for _ in first...layers { for _ in 0..<3 { _ = reader.unsigned() } }
        for _ in 0..<6 { _ = reader.unsigned() }
        if reader.flag(), reader.flag() { skipScalingLists(&reader) }
        reader.skip(2)
        if reader.flag() {  // pcm
            reader.skip(8)
            _ = reader.unsigned()
            _ = reader.unsigned()
            reader.skip(1)
        }
        guard skipReferenceSets(&reader) else { return false }
        if reader.flag() {
            let count = reader.unsigned()
            guard count <= 32 else { return false }
            for _ in 0..<count { reader.skip(orderCountBits + 1) }
        }
        reader.skip(2)
        return !reader.isExhausted
    }

    /// st_ref_pic_set (7.3.7), all of them.
    private static func skipReferenceSets(_ reader: inout BitReader) -> Bool {
        let count = reader.unsigned()
        guard count <= 64 else { return false }
        var pictures = 0  // in the set before
        for index in 0..<count {
            if index > 0, reader.flag() {
                reader.skip(1)
                _ = reader.unsigned()
                var kept = 0
                for _ in 0...pictures {
                    let isUsed = reader.flag()
                    if isUsed || reader.flag() { kept += 1 }
                }
                pictures = kept
            } else {
                let (before, after) = (reader.unsigned(), reader.unsigned())
                guard before <= 16, after <= 16 else { return false }
                pictures = Int(before + after)
                for _ in 0..<pictures {
                    _ = reader.unsigned()
                    reader.skip(1)
                }
            }
            guard pictures <= 32, !reader.isExhausted else { return false }
        }
        return true
    }

    /// scaling_list_data (7.3.4).
    static func skipScalingLists(_ reader: inout BitReader) {
        for size in 0..<4 {
            for _ in stride(from: 0, to: 6, by: size == 3 ? 3 : 1) where !reader.isExhausted {
                if !reader.flag() {
                    _ = reader.unsigned()
                } else {
                    if size > 1 { _ = reader.signed() }
                    for _ in 0..<min(64, 1 << (4 + size * 2)) { _ = reader.signed() }
                }
            }
        }
    }
}
