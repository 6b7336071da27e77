/// Sizes in sequence headers of AV1 (AV1 specification, 5.5), the largest that its frames may have.
enum AV1Headers {
    static func sizes(in bytes: UnsafeRawBufferPointer) -> [CodedSize] {
        // av1C (AV1 in ISOBMFF, 2.3.3): four bytes before the units.
        var rest = bytes.first == 0x81 ? bytes.from(4) : bytes
        var found: [CodedSize] = []
        while let header = rest.first {
            let (hasExtension, hasSize) = (header & 4 != 0, header & 2 != 0)
            var start = hasExtension ? 2 : 1
            var length = rest.count - start
            if hasSize {
                guard let (size, count) = variable(rest.from(start)) else { break }
                start += count
                length = size
            }
            guard length >= 0, start + length <= rest.count else { break }
            if header >> 3 & 15 == 1 {
                let body = UnsafeRawBufferPointer(rebasing: rest[start..<start + length])
                if let size = sizeOfSequence(body) { found.append(size) }
            }
            rest = rest.from(start + length)
        }
        return found
    }

    /// leb128() (4.10.5).
    private static func variable(_ bytes: UnsafeRawBufferPointer) -> (value: Int, count: Int)? {
        var value = 0
        for index in 0..<min(8, bytes.count) {
            value |= Int(bytes[index] & 0x7F) << (7 * index)
            if bytes[index] & 0x80 == 0 { return (value, index + 1) }
        }
        return nil
    }

    private static func sizeOfSequence(_ bytes: UnsafeRawBufferPointer) -> CodedSize? {
        var bits = PlainBits(bytes)
        _ = bits.bits(4)  // seq_profile, still_picture
        if bits.flag() {  // reduced_still_picture_header
            _ = bits.bits(5)
        } else {
            skipOperatingPoints(&bits)
        }
        let (width, height) = (bits.bits(4) + 1, bits.bits(4) + 1)
        let size = CodedSize(width: bits.bits(width) + 1, height: bits.bits(height) + 1)
        return bits.isExhausted ? nil : size
    }

    private static func skipOperatingPoints(_ bits: inout PlainBits) {
        var delayBits = 0
        var hasModel = false
        if bits.flag() {  // timing_info
            _ = bits.bits(32)
            _ = bits.bits(32)
            if bits.flag() { _ = bits.variable() }
            hasModel = bits.flag()
            if hasModel {
                delayBits = bits.bits(5) + 1
                _ = bits.bits(32)
                _ = bits.bits(10)
            }
        }
        let hasDelays = bits.flag()
        for _ in 0...bits.bits(5) {
            _ = bits.bits(12)
            if bits.bits(5) > 7 { _ = bits.bits(1) }
            if hasModel, bits.flag() {
                _ = bits.bits(delayBits)
                _ = bits.bits(delayBits)
                _ = bits.bits(1)
            }
            if hasDelays, bits.flag() { _ = bits.bits(4) }
        }
    }
}
