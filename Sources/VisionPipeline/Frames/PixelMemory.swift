/// Owns the memory of one frame, all its planes in one piece, rows at multiples of 64 bytes.
final class PixelMemory {
    private let bytes: UnsafeMutablePointer<UInt8>
    /// To be written by one thread at a time, and by nobody once a frame of them is shared.
    let planes: MutablePlanes

    /// Memory for a picture of `width` × `height` pixels; its samples are of no particular value.
    init(_ format: PixelFormat, width: Int, height: Int) {
        let count = MutablePlanes.byteCount(format, width: width, height: height)
        bytes = UnsafeMutableRawPointer.allocate(byteCount: max(count, 64), alignment: 64)
            .assumingMemoryBound(to: UInt8.self)
        planes = MutablePlanes(format, width: width, height: height, in: bytes)
    }

    deinit { UnsafeMutableRawPointer(bytes).deallocate() }
}
