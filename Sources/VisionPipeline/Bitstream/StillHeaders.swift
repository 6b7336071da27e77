/// Sizes in headers of still pictures, wherever in the bytes one begins.
enum StillHeaders {
    /// IHDR (PNG specification, 11.2.2).
    static func png(_ bytes: UnsafeRawBufferPointer) -> [CodedSize] {
        bytes.places(of: Array("IHDR".utf8)).compactMap {
            size(bytes.bigEndian(at: $0 + 4, 4), bytes.bigEndian(at: $0 + 8, 4))
        }
    }

    /// Logical screen descriptor (GIF89a, 18).
    static func gif(_ bytes: UnsafeRawBufferPointer) -> [CodedSize] {
        bytes.places(of: Array("GIF8".utf8)).compactMap {
            size(bytes.littleEndian(at: $0 + 6, 2), bytes.littleEndian(at: $0 + 8, 2))
        }
    }

    /// The first chunk of a RIFF file (RFC 9649, 2): VP8X, VP8L or VP8.
    static func webp(_ bytes: UnsafeRawBufferPointer) -> [CodedSize] {
        bytes.places(of: Array("WEBPVP8".utf8)).compactMap { place in
            guard bytes.count > place + 7 else { return nil }
            switch bytes[place + 7] {
            case UInt8(ascii: "X"):
                return size(
                    bytes.littleEndian(at: place + 16, 3).map { $0 + 1 },
                    bytes.littleEndian(at: place + 19, 3).map { $0 + 1 })
            case UInt8(ascii: "L"):
                guard let packed = bytes.littleEndian(at: place + 13, 4) else { return nil }
                return CodedSize(width: packed & 0x3FFF + 1, height: packed >> 14 & 0x3FFF + 1)
            default: return VPXHeaders.sizeOfVP8(bytes.from(place + 12))
            }
        }
    }

    /// SIZ, which stands at once behind SOC (ITU-T T.800, A.5.1).
    static func jpeg2000(_ bytes: UnsafeRawBufferPointer) -> [CodedSize] {
        bytes.places(of: [0xFF, 0x4F, 0xFF, 0x51]).compactMap {
            size(bytes.bigEndian(at: $0 + 8, 4), bytes.bigEndian(at: $0 + 12, 4))
        }
    }

    /// BITMAPINFOHEADER; a height below zero turns the rows about.
    static func bmp(_ bytes: UnsafeRawBufferPointer) -> [CodedSize] {
        guard bytes.starts(with: Array("BM".utf8)), let kind = bytes.littleEndian(at: 14, 4) else { return [] }
        if kind == 12 { return [size(bytes.littleEndian(at: 18, 2), bytes.littleEndian(at: 20, 2))].compactMap(\.self) }
        return [size(bytes.littleEndian(at: 18, 4), bytes.littleEndian(at: 22, 4))].compactMap(\.self).map {
            CodedSize(width: $0.width, height: Int(Int32(truncatingIfNeeded: $0.height).magnitude))
        }
    }

    /// ImageWidth and ImageLength of the first directory (TIFF 6.0, sections 2 and 8), where that has come.
    static func tiff(_ bytes: UnsafeRawBufferPointer) -> [CodedSize] {
        let isLittle = bytes.starts(with: [0x49, 0x49, 42, 0])
        guard isLittle || bytes.starts(with: [0x4D, 0x4D, 0, 42]) else { return [] }
        func number(_ place: Int, _ count: Int) -> Int? {
            isLittle ? bytes.littleEndian(at: place, count) : bytes.bigEndian(at: place, count)
        }
        guard let directory = number(4, 4), let entries = number(directory, 2) else { return [] }
        var (width, height): (Int?, Int?)
        for index in 0..<entries {
            let place = directory + 2 + 12 * index
            guard let tag = number(place, 2), let type = number(place + 2, 2) else { break }
            let value = number(place + 8, type == 3 ? 2 : 4)
            if tag == 256 { width = value }
            if tag == 257 { height = value }
        }
        return [size(width, height)].compactMap(\.self)
    }

    /// Two numbers in words behind P1…P6; comments go to the end of their line.
    static func netpbm(_ bytes: UnsafeRawBufferPointer) -> [CodedSize] {
        guard bytes.count > 2, bytes[0] == UInt8(ascii: "P"), (UInt8(ascii: "1")...UInt8(ascii: "6")).contains(bytes[1])
        else { return [] }
        var numbers: [Int] = []
        var digits: Int?
        var isComment = false
        for byte in bytes.from(2).prefix(1024) {
            if isComment {
                isComment = byte != 10
            } else if (48...57).contains(byte) {
                digits = min((digits ?? 0) * 10 + Int(byte - 48), 1 << 30)
            } else {
                if let number = digits.take() { numbers.append(number) }
                isComment = byte == UInt8(ascii: "#")
                if numbers.count == 2 { return [CodedSize(width: numbers[0], height: numbers[1])] }
            }
        }
        return []
    }

    private static func size(_ width: Int?, _ height: Int?) -> CodedSize? {
        guard let width, let height else { return nil }
        return CodedSize(width: width, height: height)
    }
}
