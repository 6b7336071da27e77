/// What a JPEG picture says of itself before it is decoded (ITU-T T.81, annex B).
struct JPEGHeader: Hashable {
    var width: Int
    var height: Int

    /// Nil unless the bytes begin with SOI, end with EOI and hold a frame header in between.
    init?(_ bytes: UnsafeRawBufferPointer) {
        var end = bytes.count
        // Some cameras pad a picture to a multiple of their transfer size.
        while end > 4, bytes[end - 1] == 0 { end -= 1 }
        guard end > 4, bytes[0] == 0xFF, bytes[1] == 0xD8, bytes[end - 2] == 0xFF, bytes[end - 1] == 0xD9 else {
            return nil
        }
        var place = 2
        while place + 9 <= end {
            guard bytes[place] == 0xFF else { return nil }
            let marker = bytes[place + 1]
            switch marker {
            case 0xFF:
                place += 1  // fill byte
            case 0x01, 0xD0...0xD7:
                place += 2  // stands alone
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                // SOFn: length, precision, lines, samples a line.
                height = Int(bytes[place + 5]) << 8 | Int(bytes[place + 6])
                width = Int(bytes[place + 7]) << 8 | Int(bytes[place + 8])
                if width == 0 || height == 0 { return nil }
                return
            case 0xD9, 0xDA:
                return nil  // the scan, or the end, before any frame header
            default:
                let length = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
                guard length >= 2 else { return nil }
                place += 2 + length
            }
        }
        return nil
    }
}

/// The largest picture that is accepted; what is larger is dropped and counted before anything decodes it.
struct PictureLimit: Hashable, Sendable {
    var width = 16384
    var height = 16384
    /// 8K UHD.
    var pixels = 7680 * 4320
    /// Bytes of one compressed picture.
    var bytes = 31 << 20

    func allows(width: Int, height: Int) -> Bool {
        width <= self.width && height <= self.height && width * height <= pixels
    }
}
