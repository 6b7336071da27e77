/// How pictures are coded that say their size in a header of their own, other than JPEG, H.264 and H.265.
enum PictureCoding: Hashable, Sendable, CaseIterable {
    case mpeg12, mpeg4, sorenson, vp8, vp9, av1, theora
    case png, gif, webp, jpeg2000, bmp, tiff, netpbm

    /// - Parameters:
    ///   - type: a media type of GStreamer's caps.
    ///   - version: `mpegversion` of the caps; nil: not said.
    init?(_ type: String, version: Int?) {
        switch type {
        case "video/mpeg": self = version == 4 ? .mpeg4 : .mpeg12
        case "video/x-divx", "video/x-xvid", "video/x-3ivx": self = .mpeg4
        case "video/x-flash-video": self = .sorenson
        case "video/x-vp8": self = .vp8
        case "video/x-vp9": self = .vp9
        case "video/x-av1": self = .av1
        case "video/x-theora": self = .theora
        case "image/png": self = .png
        case "image/gif": self = .gif
        case "image/webp": self = .webp
        case "image/x-jpc", "image/x-j2c", "image/jp2": self = .jpeg2000
        case "image/bmp", "image/x-bmp", "image/x-MS-bmp": self = .bmp
        case "image/tiff": self = .tiff
        case "image/pnm", "image/x-portable-anymap", "image/x-portable-bitmap", "image/x-portable-graymap",
            "image/x-portable-pixmap", "image/ppm", "image/pbm", "image/pgm":
            self = .netpbm
        default: return nil
        }
    }

    /// Each picture is whole by itself.
    var isStill: Bool {
        switch self {
        case .mpeg12, .mpeg4, .sorenson, .vp8, .vp9, .av1, .theora: false
        case .png, .gif, .webp, .jpeg2000, .bmp, .tiff, .netpbm: true
        }
    }

    /// The sizes in all headers of bytes; of most pictures none, since they have no header.
    func sizes(in bytes: UnsafeRawBufferPointer) -> [CodedSize] {
        switch self {
        case .mpeg12: MPEGHeaders.sizesOfSequences(in: bytes)
        case .mpeg4: MPEGHeaders.sizesOfLayers(in: bytes)
        case .sorenson: MPEGHeaders.sizeOfSorenson(bytes).map { [$0] } ?? []
        case .vp8: VPXHeaders.sizeOfVP8(bytes).map { [$0] } ?? []
        case .vp9: VPXHeaders.sizesOfVP9(bytes)
        case .av1: AV1Headers.sizes(in: bytes)
        case .theora: VPXHeaders.sizeOfTheora(bytes).map { [$0] } ?? []
        case .png: StillHeaders.png(bytes)
        case .gif: StillHeaders.gif(bytes)
        case .webp: StillHeaders.webp(bytes)
        case .jpeg2000: StillHeaders.jpeg2000(bytes)
        case .bmp: StillHeaders.bmp(bytes)
        case .tiff: StillHeaders.tiff(bytes)
        case .netpbm: StillHeaders.netpbm(bytes)
        }
    }
}
