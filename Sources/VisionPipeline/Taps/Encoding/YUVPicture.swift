/// Planar YCbCr (or luma alone) on its way to the JPEG encoder. Valid only while whatever owns its planes lives.
struct YUVPicture {
    var size: PictureSize
    var y: Plane
    /// U and V; nil for gray.
    var chroma: (u: Plane, v: Plane)?
    var colorimetry: Colorimetry
    /// Whether odd sides have one more sample to read, as libjpeg-turbo does for 4:2:0.
    var isPadded = false
}

/// Memory for one planar picture, used again for the next. Confined to its owner.
struct YUVScratch: ~Copyable {
    private var memory = ScratchMemory()

    /// Writable planes: 4:2:0, or luma alone. Rows start at multiples of 64 bytes and have room for an even width;
    /// luma has room for an even height.
    mutating func planes(
        _ size: PictureSize, gray: Bool
    ) -> (y: MutablePlane, chroma: (u: MutablePlane, v: MutablePlane)?) {
        let chromaWidth = (size.width + 1) / 2
        let chromaHeight = (size.height + 1) / 2
        let stride = Self.aligned(2 * chromaWidth)
        let chromaStride = Self.aligned(chromaWidth)
        let lumaBytes = stride * chromaHeight * 2
        let chromaBytes = gray ? 0 : chromaStride * chromaHeight
        let base = memory.bytes(lumaBytes + 2 * chromaBytes)
        let y = MutablePlane(base: base, stride: stride, width: size.width, height: size.height)
        guard !gray else { return (y, nil) }
        let u = MutablePlane(
            base: base + lumaBytes, stride: chromaStride, width: chromaWidth, height: chromaHeight)
        var v = u
        v.base += chromaBytes
        return (y, (u, v))
    }

    /// A picture of another size that is made plane by plane of the planes of `picture`.
    mutating func picture(
        of picture: YUVPicture, size: PictureSize, _ make: (Plane, MutablePlane) -> Void
    ) -> YUVPicture {
        let target = planes(size, gray: picture.chroma == nil)
        make(picture.y, target.y)
        var result = YUVPicture(size: size, y: target.y.readOnly, chroma: nil, colorimetry: picture.colorimetry)
        if let source = picture.chroma, let chroma = target.chroma {
            make(source.u, chroma.u)
            make(source.v, chroma.v)
            result.chroma = (chroma.u.readOnly, chroma.v.readOnly)
        }
        return result
    }

    private static func aligned(_ count: Int) -> Int { (count + 63) & ~63 }
}

extension MutablePlane {
    /// Repeats the last column and row of an odd-sized luma plane; the plane must have room (`YUVScratch`).
    func repeatOddEdges() {
        if width % 2 == 1 {
            for row in 0..<height {
                let end = base + row * stride + width
                end[0] = end[-1]
            }
        }
        if height % 2 == 1 {
            let last = base + (height - 1) * stride
            (last + stride).update(from: last, count: (width + 1) & ~1)
        }
    }
}
