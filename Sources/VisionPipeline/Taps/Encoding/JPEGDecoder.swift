import CTurboJPEG
import CYUV

/// libjpeg-turbo's decoder into planes, at a fraction of the size where that is enough. Confined to one thread; its
/// picture is valid until the next one.
final class JPEGDecoder {
    private let handle: tjhandle
    private var memory = ScratchMemory()
    private var colours = ScratchMemory()
    private var planes = YUVScratch()

    init() throws(JPEGError) {
        guard let handle = tjInitDecompress() else { throw .codec(TurboJPEG.message(nil)) }
        self.handle = handle
    }

    deinit { tjDestroy(handle) }

    /// The smallest picture that libjpeg-turbo can make while decoding and that is no smaller than `size`, in the
    /// subsampling of the JPEG.
    ///
    /// - Parameter limit: what the source has announced; a larger picture is refused before memory is taken for it.
    func decode(_ jpeg: JPEGBytes, atMost limit: PictureSize, for size: PictureSize) throws(JPEGError) -> YUVPicture {
        var (width, height, subsampling, colorspace) = (Int32(0), Int32(0), Int32(-1), Int32(-1))
        let count = UInt(jpeg.count)
        let hasName = tjDecompressHeader3(handle, jpeg.base, count, &width, &height, &subsampling, &colorspace) == 0
        // It fails as well where it has no name for the subsampling (4:1:0), and has read all else by then.
        guard hasName || width > 0 && subsampling < 0 && colorspace >= 0 else {
            throw .codec(TurboJPEG.message(handle))
        }
        guard width > 0, height > 0, width <= limit.width, height <= limit.height else {
            throw .size(width: Int(width), height: Int(height))
        }
        let full = PictureSize(width: Int(width), height: Int(height))
        let reduced = Self.reduced(full, for: size)
        let spaces = [TJCS_YCbCr, TJCS_GRAY].map { Int32($0.rawValue) }
        guard spaces.contains(colorspace), subsampling >= 0 else {
            return try decodeAsRGB(jpeg, reduced, isCMYK: colorspace >= Int32(TJCS_CMYK.rawValue))
        }
        let isGray = subsampling == Int32(TJSAMP_GRAY.rawValue)
        var rows: [Plane] = []
        var bytes = 0
        for component in 0..<(isGray ? 1 : 3) {
            let planeWidth = Int(tjPlaneWidth(Int32(component), Int32(reduced.width), subsampling))
            let planeHeight = Int(tjPlaneHeight(Int32(component), Int32(reduced.height), subsampling))
            guard planeWidth > 0, planeHeight > 0 else { throw .size(width: full.width, height: full.height) }
            var plane = Plane.empty
            (plane.stride, plane.width, plane.height) = ((planeWidth + 63) & ~63, planeWidth, planeHeight)
            rows.append(plane)
            bytes += plane.stride * plane.height
        }
        var base = memory.bytes(bytes)
        var targets: [UnsafeMutablePointer<UInt8>?] = []
        for index in rows.indices {
            rows[index].base = UnsafeRawPointer(base)
            targets.append(base)
            base += rows[index].stride * rows[index].height
        }
        var strides = rows.map { Int32($0.stride) }
        guard
            tjDecompressToYUVPlanes(
                handle, jpeg.base, count, &targets, Int32(reduced.width), &strides, Int32(reduced.height), 0) == 0
                || tjGetErrorCode(handle) == Int32(TJERR_WARNING.rawValue)
        else { throw .codec(TurboJPEG.message(handle)) }
        // Planes are padded to the sampling factors; what counts is the picture.
        rows[0].width = reduced.width
        rows[0].height = reduced.height
        return YUVPicture(
            size: reduced, y: rows[0], chroma: isGray ? nil : (rows[1], rows[2]), colorimetry: .jpeg)
    }

    /// RGB, CMYK, and subsamplings that libjpeg-turbo has no name for: decoded to RGB, and from there to what everything else
    /// works with.
    private func decodeAsRGB(_ jpeg: JPEGBytes, _ size: PictureSize, isCMYK: Bool) throws(JPEGError) -> YUVPicture {
        let pitch = size.width * 4
        let pixels = colours.bytes(pitch * size.height)
        let format = Int32((isCMYK ? TJPF_CMYK : TJPF_BGRX).rawValue)
        guard
            tjDecompress2(
                handle, jpeg.base, UInt(jpeg.count), pixels, Int32(size.width), Int32(pitch), Int32(size.height),
                format, 0) == 0 || tjGetErrorCode(handle) == Int32(TJERR_WARNING.rawValue)
        else { throw .codec(TurboJPEG.message(handle)) }
        if isCMYK { Self.toRGB(pixels, count: size.width * size.height) }
        let planes = planes.planes(size, gray: false)
        guard let (u, v) = planes.chroma else { throw .size(width: size.width, height: size.height) }
        ARGBToJ420(
            pixels, Int32(pitch), planes.y.base, Int32(planes.y.stride), u.base, Int32(u.stride), v.base,
            Int32(v.stride), Int32(size.width), Int32(size.height))
        return YUVPicture(
            size: size, y: planes.y.readOnly, chroma: (u.readOnly, v.readOnly), colorimetry: .jpeg)
    }

    /// Adobe's CMYK, in which 255 is no ink, in place to B, G, R, X.
    private static func toRGB(_ pixels: UnsafeMutablePointer<UInt8>, count: Int) {
        func share(_ ink: UInt8, _ black: UInt8) -> UInt8 { UInt8((Int(ink) * Int(black) + 127) / 255) }
        for index in 0..<count {
            let pixel = pixels + 4 * index
            let (cyan, magenta, yellow, black) = (pixel[0], pixel[1], pixel[2], pixel[3])
            (pixel[0], pixel[1], pixel[2]) = (share(yellow, black), share(magenta, black), share(cyan, black))
        }
    }

    private static func reduced(_ full: PictureSize, for size: PictureSize) -> PictureSize {
        var count: Int32 = 0
        guard let factors = tjGetScalingFactors(&count) else { return full }
        var best = full
        for factor in UnsafeBufferPointer(start: factors, count: Int(count)) where factor.num <= factor.denom {
            let (num, denom) = (Int(factor.num), Int(factor.denom))
            let width = (full.width * num + denom - 1) / denom
            let height = (full.height * num + denom - 1) / denom
            if width >= size.width, height >= size.height, width < best.width || height < best.height {
                best = PictureSize(width: width, height: height)
            }
        }
        return best
    }
}
