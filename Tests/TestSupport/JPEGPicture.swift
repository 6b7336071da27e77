internal import CTurboJPEG

/// A JPEG, decoded: proof that it is whole, and its pixels to look at.
public struct JPEGPicture: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Pixels.
    public let width: Int
    public let height: Int
    /// Red, green, blue, row by row without padding.
    public let rgb: [UInt8]

    /// Decodes a JPEG.
    ///
    /// - Throws: `Failure` when it does not begin with SOI, does not end with EOI, or libjpeg-turbo finds anything
    ///   wrong in between, warnings included.
    public init(decoding bytes: some Collection<UInt8>) throws {
        let bytes = Array(bytes)
        guard bytes.starts(with: [0xff, 0xd8]), bytes.suffix(2) == [0xff, 0xd9] else {
            throw Failure(description: "\(bytes.count) bytes that are not SOI … EOI")
        }
        guard let decoder = tjInitDecompress() else { throw Failure(description: "no decoder") }
        defer { tjDestroy(decoder) }
        var (width, height, subsampling, colours) = (CInt(0), CInt(0), CInt(0), CInt(0))
        guard
            tjDecompressHeader3(decoder, bytes, UInt(bytes.count), &width, &height, &subsampling, &colours) == 0
        else { throw Failure(description: String(cString: tjGetErrorStr2(decoder))) }
        var rgb = [UInt8](repeating: 0, count: Int(width) * Int(height) * 3)
        guard
            tjDecompress2(
                decoder, bytes, UInt(bytes.count), &rgb, width, 0, height, CInt(TJPF_RGB.rawValue), TJFLAG_ACCURATEDCT)
                == 0
        else { throw Failure(description: String(cString: tjGetErrorStr2(decoder))) }
        self.width = Int(width)
        self.height = Int(height)
        self.rgb = rgb
    }

    /// The colour at a place; x to the right, y down.
    public subscript(x: Int, y: Int) -> (red: UInt8, green: UInt8, blue: UInt8) {
        let start = (y * width + x) * 3
        return (rgb[start], rgb[start + 1], rgb[start + 2])
    }
}
