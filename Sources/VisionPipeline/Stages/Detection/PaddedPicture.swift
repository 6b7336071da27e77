/// A luma plane copied into memory of its own, its last column and row repeated to the right and downwards.
///
/// The memory is used again for the next picture.
final class PaddedPicture {
    private var memory = ScratchMemory()

    /// - Parameters:
    ///   - plane: at least one pixel.
    ///   - width: pixels, at least the plane's.
    ///   - height: pixels, at least the plane's.
    /// - Returns: a plane without gaps between its rows, valid until the next call.
    func copy(_ plane: Plane, width: Int, height: Int) -> Plane {
        let base = memory.bytes(width * height)
        for y in 0..<height {
            let source = plane.nearestRow(y)
            let row = base + y * width
            row.update(from: source, count: plane.width)
            (row + plane.width).update(repeating: source[plane.width - 1], count: width - plane.width)
        }
        return Plane(base: UnsafeRawPointer(base), stride: width, width: width, height: height)
    }
}
