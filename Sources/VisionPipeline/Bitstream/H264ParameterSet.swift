/// H.264's sequence parameter set (ITU-T H.264, 7.3.2.1.1).
enum H264ParameterSet {
    static let unitType: UInt8 = 7

    /// Profiles whose set tells chroma format and bit depth.
    private static let high: Set<UInt32> = [44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244]

    /// - Parameter unit: a whole NAL unit, its header byte included.
    /// - Returns: nil for what does not get as far as the size. Decoders take sets whose end is missing.
    static func parse(_ unit: UnsafeRawBufferPointer) -> VideoParameters? {
        guard let header = unit.first, header & 0x9F == unitType else { return nil }
        var reader = BitReader(UnsafeRawBufferPointer(rebasing: unit.dropFirst()))
        let profile = reader.bits(8)
        reader.skip(16)
        let id = reader.unsigned()
        guard id < 32 else { return nil }
        var (chroma, depth) = (1, 8)
        if high.contains(profile) {
            chroma = Int(reader.unsigned())
            guard chroma <= 3 else { return nil }
            if chroma == 3 { reader.skip(1) }
            depth = 8 + Int(min(reader.unsigned(), 100))
            guard depth <= 14, reader.unsigned() <= 6 else { return nil }
            reader.skip(1)
            if reader.flag() { skipScalingLists(chroma == 3 ? 12 : 8, &reader) }
        }
        _ = reader.unsigned()
        guard skipOrderCount(&reader) else { return nil }
        _ = reader.unsigned()
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
        if reader.flag() { parameters.readUsability(&reader) }
        return parameters
    }

    private static func skipScalingLists(_ count: Int, _ reader: inout BitReader) {
        for list in 0..<count where reader.flag() {
            var (last, next): (Int32, Int32) = (8, 8)
            for _ in 0..<(list < 6 ? 16 : 64) where !reader.isExhausted {
                if next != 0 { next = (last &+ reader.signed()) & 0xFF }
                if next != 0 { last = next }
            }
        }
    }

    /// pic_order_cnt_type and what follows from it.
    private static func skipOrderCount(_ reader: inout BitReader) -> Bool {
        switch reader.unsigned() {
        case 0:
            _ = reader.unsigned()
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
}
