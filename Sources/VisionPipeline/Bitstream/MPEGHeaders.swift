/// Sizes in headers of MPEG's older codings.
enum MPEGHeaders {
    /// Of MPEG-1 and MPEG-2: sequence_header, and what a sequence_extension behind it adds (ISO/IEC 13818-2, 6.2.2).
    static func sizesOfSequences(in bytes: UnsafeRawBufferPointer) -> [CodedSize] {
        bytes.places(of: [0, 0, 1, 0xB3]).compactMap { place in
            guard let packed = bytes.bigEndian(at: place + 4, 3) else { return nil }
            var size = CodedSize(width: packed >> 12, height: packed & 0xFFF)
            // Between the two there are two tables at most.
            let behind = UnsafeRawBufferPointer(rebasing: bytes.from(place + 4).prefix(8 + 2 * 64 + 8))
            if let next = behind.places(of: [0, 0, 1, 0xB5]).first, behind.count > next + 7, behind[next + 4] >> 4 == 1
            {
                // profile_and_level, progressive, chroma_format, then two bits more of each.
                var bits = BitReader(behind.from(next + 4), isEscaped: false)
                bits.skip(15)
                size.width |= bits.integer(2) << 12
                size.height |= bits.integer(2) << 12
            }
            return size
        }
    }

    /// Of MPEG-4 part 2: video_object_layer (ISO/IEC 14496-2, 6.2.3).
    static func sizesOfLayers(in bytes: UnsafeRawBufferPointer) -> [CodedSize] {
        bytes.places(of: [0, 0, 1]).compactMap { place in
            guard bytes.count > place + 4, (0x20...0x2F).contains(bytes[place + 3]) else { return nil }
            return sizeOfLayer(bytes.from(place + 4))
        }
    }

    private static func sizeOfLayer(_ bytes: UnsafeRawBufferPointer) -> CodedSize? {
        var bits = BitReader(bytes, isEscaped: false)
        bits.skip(9)  // random_accessible_vol, video_object_type_indication
        var version = 1
        if bits.flag() {
            version = bits.integer(4)
            bits.skip(3)
        }
        if bits.integer(4) == 15 { bits.skip(16) }  // extended_PAR
        if bits.flag() {  // vol_control_parameters
            bits.skip(3)
            if bits.flag() { for count in [32, 32, 15] { bits.skip(count) } }  // vbv_parameters, 79 bits
        }
        let shape = bits.integer(2)
        if shape == 3, version != 1 { bits.skip(4) }
        guard bits.flag() else { return nil }
        let resolution = bits.integer(16)
        guard bits.flag() else { return nil }
        if bits.flag() {  // fixed_vop_rate
            var count = 1
            while count < 16, (resolution - 1) >> count > 0 { count += 1 }
            bits.skip(count)
        }
        // Only a rectangle has a size here.
        guard shape == 0, bits.flag() else { return nil }
        let width = bits.integer(13)
        guard bits.flag() else { return nil }
        let height = bits.integer(13)
        return bits.isExhausted ? nil : CodedSize(width: width, height: height)
    }

    /// Of Sorenson's H.263 in Flash Video (FLV specification, annex E.1).
    static func sizeOfSorenson(_ bytes: UnsafeRawBufferPointer) -> CodedSize? {
        var bits = BitReader(bytes, isEscaped: false)
        guard bits.integer(17) == 1 else { return nil }
        bits.skip(13)
        let kind = bits.integer(3)
        guard kind < 2 else { return nil }
        let count = kind == 0 ? 8 : 16
        let size = CodedSize(width: bits.integer(count), height: bits.integer(count))
        return bits.isExhausted ? nil : size
    }
}
