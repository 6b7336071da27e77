import CTurboJPEG
import Testing

/// A JPEG read back by libjpeg-turbo.
struct DecodedJPEG {
    let width: Int
    let height: Int
    let isGray: Bool
    /// Interleaved, without padding.
    let rgb: [UInt8]

    init(_ jpeg: [UInt8]) throws {
        let handle = try #require(tjInitDecompress())
        defer { tjDestroy(handle) }
        var (width, height, subsampling, colorspace) = (Int32(0), Int32(0), Int32(0), Int32(0))
        let count = UInt(jpeg.count)
        // It has no name for 4:1:0, and says so when it has read all else.
        let hasName = tjDecompressHeader3(handle, jpeg, count, &width, &height, &subsampling, &colorspace) == 0
        try #require(hasName || width > 0 && subsampling < 0)
        var rgb = [UInt8](repeating: 0, count: Int(width) * Int(height) * 3)
        let status = tjDecompress2(
            handle, jpeg, count, &rgb, width, 0, height, Int32(TJPF_RGB.rawValue), TJFLAG_ACCURATEDCT)
        try #require(status == 0)
        self.width = Int(width)
        self.height = Int(height)
        isGray = subsampling == Int32(TJSAMP_GRAY.rawValue)
        self.rgb = rgb
    }

    subscript(x: Int, y: Int) -> (red: Int, green: Int, blue: Int) {
        let place = (y * width + x) * 3
        return (Int(rgb[place]), Int(rgb[place + 1]), Int(rgb[place + 2]))
    }
}
