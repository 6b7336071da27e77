/// Reads bits, most significant first: of a NAL unit's payload, without its emulation prevention bytes
/// (ITU-T H.264, 7.3.1; H.265, 7.3.1.1), or of bytes that have none.
///
/// Past the end it reads zeros and says so: whoever parses asks once, at the end, whether all of it was there.
struct BitReader {
    private let bytes: UnsafeRawBufferPointer
    private var place = 0
    private var zeros = 0
    private var current: UInt8 = 0
    private var bitsLeft = 0
    /// More was read than there is, or a code was longer than any that a parameter has.
    private(set) var isExhausted = false

    private let isEscaped: Bool

    /// - Parameter isEscaped: there are emulation prevention bytes.
    init(_ bytes: UnsafeRawBufferPointer, isEscaped: Bool = true) { (self.bytes, self.isEscaped) = (bytes, isEscaped) }

    mutating func flag() -> Bool { bit() == 1 }

    /// - Parameter count: 0…32.
    mutating func bits(_ count: Int) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count { value = value << 1 | bit() }
        return value
    }

    /// - Parameter count: 0…32.
    mutating func integer(_ count: Int) -> Int { Int(bits(count)) }

    mutating func skip(_ count: Int) {
        for _ in 0..<count where !isExhausted { _ = bit() }
    }

    /// ue(v), 0…2³²−2.
    mutating func unsigned() -> UInt32 {
        var leading = 0
        while !isExhausted, bit() == 0 { leading += 1 }
        guard leading < 32, !isExhausted else {
            isExhausted = true
            return 0
        }
        return (1 << UInt32(leading)) - 1 + bits(leading)
    }

    /// se(v).
    mutating func signed() -> Int32 {
        let code = unsigned()
        let magnitude = Int32(bitPattern: code / 2 + code % 2)
        return code % 2 == 1 ? magnitude : -magnitude
    }

    /// What is left is the bit that ends a payload, and zeros (rbsp_trailing_bits, H.264 7.3.2.11).
    var isAtEnd: Bool { !isExhausted && stop == position }

    /// Something stands before the bit that ends the payload (more_rbsp_data).
    var hasMore: Bool { stop.map { position < $0 } ?? false }

    /// Where the bit is that ends the payload.
    private var stop: Int? {
        guard let last = bytes.lastIndex(where: { $0 != 0 }) else { return nil }
        return last * 8 + 7 - bytes[last].trailingZeroBitCount
    }

    /// Bits that were read, those of emulation prevention bytes among them.
    var position: Int {
        let isBeforeEscape = isEscaped && bitsLeft == 0 && zeros >= 2 && place < bytes.count && bytes[place] == 3
        return (isBeforeEscape ? place + 1 : place) * 8 - bitsLeft
    }

    private mutating func bit() -> UInt32 {
        if bitsLeft == 0 { nextByte() }
        bitsLeft -= 1
        return UInt32(current >> UInt8(bitsLeft)) & 1
    }

    private mutating func nextByte() {
        // 00 00 03: the third byte only keeps the payload from looking like a start code.
        if isEscaped, zeros >= 2, place < bytes.count, bytes[place] == 3 {
            place += 1
            zeros = 0
        }
        bitsLeft = 8
        guard place < bytes.count else {
            isExhausted = true
            current = 0
            return
        }
        current = bytes[place]
        place += 1
        zeros = current == 0 ? zeros + 1 : 0
    }
}
