/// Writes bits, most significant first: a NAL unit's payload (ITU-T H.264, 7.3.1).
struct BitWriter {
    private var bytes: [UInt8] = []
    private var count = 0

    mutating func flag(_ value: Bool) {
        if count % 8 == 0 { bytes.append(0) }
        if value { bytes[count / 8] |= 0x80 >> UInt8(count % 8) }
        count += 1
    }

    /// - Parameter count: 0…32.
    mutating func bits(_ value: UInt32, _ count: Int) {
        for place in (0..<count).reversed() { flag(value >> UInt32(place) & 1 == 1) }
    }

    /// ue(v), 0…2³¹.
    mutating func unsigned(_ value: UInt32) {
        let length = 32 - (value + 1).leadingZeroBitCount
        bits(0, length - 1)
        bits(value + 1, length)
    }

    /// As it is.
    ///
    /// - Parameter places: bits of `payload`.
    mutating func copy(_ places: Range<Int>, of payload: [UInt8]) {
        for place in places { flag(payload[place / 8] >> UInt8(7 - place % 8) & 1 == 1) }
    }

    /// The payload with the bit that ends it, and with emulation prevention bytes.
    func finished() -> [UInt8] {
        var ended = self
        ended.flag(true)
        var escaped: [UInt8] = []
        var zeros = 0
        for byte in ended.bytes {
            if zeros >= 2, byte <= 3 {
                escaped.append(3)
                zeros = 0
            }
            zeros = byte == 0 ? zeros + 1 : 0
            escaped.append(byte)
        }
        return escaped
    }
}
