/// What a container says of H.264 or H.265 before the first picture: `avcC` and `hvcC` (ISO/IEC 14496-15, 5.3.3 and 8.3.3).
struct DecoderConfiguration {
    /// Bytes of the length before each NAL unit.
    let lengthSize: Int
    /// Sequence parameter sets, header bytes first.
    let parameterSets: [[UInt8]]

    /// Nil for what is no such record.
    init?(_ bytes: UnsafeRawBufferPointer, isH265: Bool) {
        guard bytes.count >= (isH265 ? 23 : 7), bytes[0] == 1 || isH265 else { return nil }
        var sets: [[UInt8]] = []
        var place = isH265 ? 23 : 6
        func unit() -> [UInt8]? {
            guard place + 2 <= bytes.count else { return nil }
            let length = Int(bytes[place]) << 8 | Int(bytes[place + 1])
            guard place + 2 + length <= bytes.count else { return nil }
            defer { place += 2 + length }
            return Array(bytes[place + 2..<place + 2 + length])
        }
        if isH265 {
            lengthSize = Int(bytes[21] & 3) + 1
            for _ in 0..<bytes[22] {
                guard place + 3 <= bytes.count else { return nil }
                let type = bytes[place] & 0x3F
                let count = Int(bytes[place + 1]) << 8 | Int(bytes[place + 2])
                place += 3
                for _ in 0..<count {
                    guard let unit = unit() else { return nil }
                    if type == H265ParameterSet.unitType { sets.append(unit) }
                }
            }
        } else {
            lengthSize = Int(bytes[4] & 3) + 1
            for _ in 0..<bytes[5] & 0x1F {
                guard let unit = unit() else { return nil }
                sets.append(unit)
            }
        }
        parameterSets = sets
    }
}
