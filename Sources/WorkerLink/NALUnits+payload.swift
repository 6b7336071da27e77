extension UnsafeRawBufferPointer {
    /// A NAL unit's payload as it was before it was kept from looking like a start code: a three behind two zeros is none of its own bytes
    /// (ITU-T H.264, 7.3.1; H.265, 7.3.1.1).
    package var withoutEmulationPrevention: [UInt8] {
        var plain: [UInt8] = []
        plain.reserveCapacity(count)
        var zeros = 0
        for byte in self {
            if zeros >= 2, byte == 3 {
                zeros = 0
                continue
            }
            zeros = byte == 0 ? zeros + 1 : 0
            plain.append(byte)
        }
        return plain
    }

    /// Zeros between a NAL unit and the next one's start code belong to neither.
    package var withoutTrailingZeros: UnsafeRawBufferPointer {
        var end = count
        while end > 0, self[end - 1] == 0 { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: self[..<end])
    }
}
