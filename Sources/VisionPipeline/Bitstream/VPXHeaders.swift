/// Sizes in headers of VP8, VP9 and Theora.
enum VPXHeaders {
    /// Of a VP8 keyframe (RFC 6386, 9.1).
    static func sizeOfVP8(_ bytes: UnsafeRawBufferPointer) -> CodedSize? {
        guard bytes.count >= 10, bytes[0] & 1 == 0, bytes[3] == 0x9D, bytes[4] == 0x01, bytes[5] == 0x2A,
            let width = bytes.littleEndian(at: 6, 2), let height = bytes.littleEndian(at: 8, 2)
        else { return nil }
        return CodedSize(width: width & 0x3FFF, height: height & 0x3FFF)
    }

    /// Of an identification header (Theora specification, 6.2): macroblocks of 16 pixels.
    static func sizeOfTheora(_ bytes: UnsafeRawBufferPointer) -> CodedSize? {
        guard bytes.starts(with: [0x80] + Array("theora".utf8)), let width = bytes.bigEndian(at: 10, 2),
            let height = bytes.bigEndian(at: 12, 2)
        else { return nil }
        return CodedSize(width: width * 16, height: height * 16)
    }

    /// Of the frames of a VP9 buffer: one, or several with an index behind them (VP9 specification, annex B).
    static func sizesOfVP9(_ bytes: UnsafeRawBufferPointer) -> [CodedSize] {
        guard let last = bytes.last, last & 0xE0 == 0xC0 else { return sizeOfVP9(bytes).map { [$0] } ?? [] }
        let (frames, width) = (Int(last & 7) + 1, Int(last >> 3 & 3) + 1)
        let index = bytes.count - 2 - frames * width
        guard index >= 0, bytes[index] == last else { return sizeOfVP9(bytes).map { [$0] } ?? [] }
        var place = 0
        return (0..<frames).compactMap { number in
            guard let length = bytes.littleEndian(at: index + 1 + number * width, width), place + length <= index else {
                return nil
            }
            defer { place += length }
            return sizeOfVP9(UnsafeRawBufferPointer(rebasing: bytes[place..<place + length]))
        }
    }

    /// uncompressed_header (6.2), as far as the size.
    private static func sizeOfVP9(_ bytes: UnsafeRawBufferPointer) -> CodedSize? {
        var bits = BitReader(bytes, isEscaped: false)
        guard bits.integer(2) == 2 else { return nil }
        let profile = bits.integer(1) | bits.integer(1) << 1
        if profile == 3 { bits.skip(1) }
        guard !bits.flag() else { return nil }  // show_existing_frame
        let isInter = bits.flag()
        let isShown = bits.flag()
        let isResilient = bits.flag()
        if isInter {
            let isIntraOnly = !isShown && bits.flag()
            if !isResilient { bits.skip(2) }
            if isIntraOnly {
                bits.skip(24)
                if profile > 0 { skipColor(&bits, profile) }
                bits.skip(8)
            } else {
                bits.skip(8 + 3 * 4)
                // frame_size_with_refs: that of one of three others, or its own.
                for _ in 0..<3 where bits.flag() { return nil }
            }
        } else {
            guard bits.integer(24) == 0x498342 else { return nil }
            skipColor(&bits, profile)
        }
        let size = CodedSize(width: bits.integer(16) + 1, height: bits.integer(16) + 1)
        return bits.isExhausted ? nil : size
    }

    private static func skipColor(_ bits: inout BitReader, _ profile: Int) {
        if profile >= 2 { bits.skip(1) }
        let isRGB = bits.integer(3) == 7
        if !isRGB { bits.skip(1) }
        if profile & 1 == 1 { bits.skip(isRGB ? 1 : 3) }
    }
}
