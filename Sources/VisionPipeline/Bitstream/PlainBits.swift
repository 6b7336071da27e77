/// Reads bits as they stand, most significant first, in bitstreams without emulation prevention. Past the end it reads zeros and says so.
struct PlainBits {
    private let bytes: UnsafeRawBufferPointer
    private var place = 0
    private(set) var isExhausted = false

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func flag() -> Bool { bits(1) == 1 }

    /// - Parameter count: 0…32.
    mutating func bits(_ count: Int) -> Int {
        var value = 0
        for _ in 0..<count {
            let byte = place >> 3
            if byte >= bytes.count { isExhausted = true }
            let bit = byte < bytes.count ? Int(bytes[byte] >> UInt8(7 - place & 7)) & 1 : 0
            value = value << 1 | bit
            place += 1
        }
        return value
    }

    /// uvlc() of AV1 (4.10.3).
    mutating func variable() -> Int {
        var zeros = 0
        while !isExhausted, !flag() { zeros += 1 }
        return zeros >= 32 ? Int(UInt32.max) : (1 << zeros) - 1 + bits(zeros)
    }
}
