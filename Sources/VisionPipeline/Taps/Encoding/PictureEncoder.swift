import CYUV
import WorkerLink

/// Makes JPEGs of frames, upright, of square pixels, in the colours of ordinary screens: scale first, then turn, then colours,
/// then libjpeg-turbo. Confined to one thread; keeps its memory.
final class PictureEncoder {
    private let compressor: JPEGCompressor
    private var decoder: JPEGDecoder?
    private var separated = YUVScratch()
    private var scaled = YUVScratch()
    private var turned = YUVScratch()
    private var converted = YUVScratch()
    private var offsets = ScratchMemory()
    /// Of the wide colorimetry that came last.
    private var wide: WideColorTable?

    struct Picture {
        var jpeg: [UInt8]
        var size: PictureSize
    }

    init() throws(JPEGError) {
        compressor = try JPEGCompressor()
    }

    /// - Parameter variant: with the plan's defaults already filled in.
    func encode(_ frame: Frame, as variant: Variant) throws(JPEGError) -> Picture {
        try frame.withPlanes { planes throws(JPEGError) in
            let source = PictureSize(width: frame.width, height: frame.height)
            guard 1...65_535 ~= source.width, 1...65_535 ~= source.height else {
                throw .size(width: source.width, height: source.height)
            }
            let shown = PictureSize(displaying: frame)
            let size = shown.fitting(variant)
            let lying = frame.orientation.exchangesSides ? size.turned : size
            let picture: YUVPicture
            if frame.format == .jpeg {
                let jpeg = try JPEGBytes(planes[0])
                // How it lies is said in its own Exif.
                if size == shown, variant.quality == nil, frame.pixelAspect.isSquare {
                    return Picture(jpeg: jpeg.copied, size: size)
                }
                picture = try decode(jpeg, from: source, for: lying)
            } else {
                picture = planar(planes, of: frame, size: source)
            }
            let ready = evenSided(inJPEGColors(upright(fitted(picture, to: lying), frame.orientation)))
            let quality = max(1, min(100, variant.quality ?? Variant.defaultQuality))
            return Picture(jpeg: try compressor.compress(ready, quality: quality), size: ready.size)
        }
    }

    private func decode(
        _ jpeg: JPEGBytes, from source: PictureSize, for size: PictureSize
    ) throws(JPEGError) -> YUVPicture {
        let decoder = if let decoder { decoder } else { try JPEGDecoder() }
        // libjpeg-turbo 2.1 does not reset itself after a bad header: kept, it would refuse the good pictures behind it.
        self.decoder = nil
        let picture = try decoder.decode(jpeg, atMost: source, for: size)
        self.decoder = decoder
        return picture
    }

    /// The frame's own planes; interleaved chroma is separated.
    private func planar(_ planes: Planes, of frame: Frame, size: PictureSize) -> YUVPicture {
        var picture = YUVPicture(size: size, y: planes[0], chroma: nil, colorimetry: frame.colorimetry)
        switch frame.format {
        case .i420:
            picture.chroma = (planes[1], planes[2])
        case .nv12:
            guard let (u, v) = separated.planes(size, gray: false).chroma else { break }
            SplitUVPlane(
                planes[1].samples, Int32(planes[1].stride), u.base, Int32(u.stride), v.base, Int32(v.stride),
                Int32(u.width), Int32(u.height))
            picture.chroma = (u.readOnly, v.readOnly)
        case .gray8, .jpeg:
            break
        }
        return picture
    }

    /// 4:2:0 of exactly `size`; chroma of any other subsampling becomes 4:2:0 here.
    private func fitted(_ picture: YUVPicture, to size: PictureSize) -> YUVPicture {
        let chromaWidth = (size.width + 1) / 2
        let chromaHeight = (size.height + 1) / 2
        let chromaFits = picture.chroma.map { $0.u.width == chromaWidth && $0.u.height == chromaHeight } ?? true
        guard picture.size != size || !chromaFits else { return picture }
        return scaled.picture(of: picture, size: size, Self.scale)
    }

    /// - Parameter picture: 4:2:0, or gray.
    private func upright(_ picture: YUVPicture, _ orientation: Orientation) -> YUVPicture {
        guard orientation != .upright else { return picture }
        let size = orientation.exchangesSides ? picture.size.turned : picture.size
        return turned.picture(of: picture, size: size) { orientation.transform.apply($0, to: $1) }
    }

    private static func scale(_ source: Plane, _ target: MutablePlane) {
        ScalePlane(
            source.samples, Int32(source.stride), Int32(source.width), Int32(source.height), target.base,
            Int32(target.stride), Int32(target.width), Int32(target.height), kFilterBox)
    }

    private func inJPEGColors(_ picture: YUVPicture) -> YUVPicture {
        let transform = JPEGColorTransform(from: picture.colorimetry)
        guard transform != nil || picture.colorimetry.isWide else { return picture }
        let target = converted.planes(picture.size, gray: picture.chroma == nil)
        if let transform, !picture.colorimetry.isWide {
            convert(picture, by: transform, to: target)
        } else {
            let table = wide.flatMap { $0.colorimetry == picture.colorimetry ? $0 : nil }
            let used = table ?? WideColorTable(picture.colorimetry)
            wide = used
            used.convert(picture, y: target.y, chroma: target.chroma)
        }
        target.y.repeatOddEdges()
        return YUVPicture(
            size: picture.size, y: target.y.readOnly,
            chroma: target.chroma.map { ($0.u.readOnly, $0.v.readOnly) }, colorimetry: .jpeg, isPadded: true)
    }

    private func convert(
        _ picture: YUVPicture, by transform: JPEGColorTransform,
        to target: (y: MutablePlane, chroma: (u: MutablePlane, v: MutablePlane)?)
    ) {
        let room = offsets.bytes((picture.size.width + 1) * MemoryLayout<UInt16>.stride)
        room.withMemoryRebound(to: UInt16.self, capacity: picture.size.width + 1) { offsets in
            transform.convert(picture, y: target.y, chroma: target.chroma, offsets: offsets)
        }
    }

    /// libjpeg-turbo reads 4:2:0 luma up to an even width and height: past an odd plane's end, unless it is copied.
    private func evenSided(_ picture: YUVPicture) -> YUVPicture {
        let isOdd = picture.size.width % 2 == 1 || picture.size.height % 2 == 1
        guard isOdd, picture.chroma != nil, !picture.isPadded else { return picture }
        let target = converted.planes(picture.size, gray: true).y
        CopyPlane(
            picture.y.samples, Int32(picture.y.stride), target.base, Int32(target.stride), Int32(target.width),
            Int32(target.height))
        target.repeatOddEdges()
        var result = picture
        result.y = target.readOnly
        result.isPadded = true
        return result
    }
}
