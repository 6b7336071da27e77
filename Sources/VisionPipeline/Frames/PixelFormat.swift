/// How a frame's pixels lie in memory.
public enum PixelFormat: String, Hashable, Sendable, CaseIterable {
    /// Three planes: luma at full size, U and V at half size (rounded up), one byte a sample.
    case i420
    /// Two planes: luma at full size, interleaved UV at half size (rounded up).
    case nv12
    /// One plane of luma.
    case gray8
    /// Not pixels: one complete JPEG picture, as the camera made it. `planes[0].base` is its SOI, `stride` its length.
    case jpeg

    /// How many planes a frame of this format has.
    public var planeCount: Int {
        switch self {
        case .i420: 3
        case .nv12: 2
        case .gray8, .jpeg: 1
        }
    }

    /// Bytes in a row and rows of one plane of a picture of `width` × `height` pixels; nothing for JPEG.
    public func planeSize(_ plane: Int, width: Int, height: Int) -> (width: Int, height: Int) {
        let half = (width: (width + 1) / 2, height: (height + 1) / 2)
        return switch (self, plane) {
        case (.i420, 0), (.nv12, 0), (.gray8, 0): (width, height)
        case (.i420, 1), (.i420, 2): half
        case (.nv12, 1): (half.width * 2, half.height)
        default: (0, 0)
        }
    }

    /// How many channels lie interleaved in a plane's rows: 2 for the UV plane of NV12, else 1.
    public func channels(_ plane: Int) -> Int { self == .nv12 && plane == 1 ? 2 : 1 }
}
