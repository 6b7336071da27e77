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
        var bits = BitReader(bytes, isEscaped: false)
        bits.skip(4)  // seq_profile, still_picture
        if bits.flag() {  // reduced_still_picture_header
            bits.skip(5)
        } else {
            skipOperatingPoints(&bits)
        }
        let (width, height) = (bits.integer(4) + 1, bits.integer(4) + 1)
        let size = CodedSize(width: bits.integer(width) + 1, height: bits.integer(height) + 1)
        return bits.isExhausted ? nil : size
    }

    private static func skipOperatingPoints(_ bits: inout BitReader) {
        var delayBits = 0
        var hasModel = false
        if bits.flag() {  // timing_info
            bits.skip(32)
            bits.skip(32)
            // uvlc(): as ue(v), but for numbers that nobody has.
            if bits.flag() { _ = bits.unsigned() }
            hasModel = bits.flag()
            if hasModel {
                delayBits = bits.integer(5) + 1
                bits.skip(32)
                bits.skip(10)
            }
        }
        let hasDelays = bits.flag()
        for _ in 0...bits.integer(5) {
            bits.skip(12)
            if bits.integer(5) > 7 { bits.skip(1) }
            if hasModel, bits.flag() {
                bits.skip(delayBits)
                bits.skip(delayBits)
                bits.skip(1)
            }
            if hasDelays, bits.flag() { bits.skip(4) }
        }
    }
}
