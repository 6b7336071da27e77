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
}
