/// A luma plane copied into memory of its own, its last column and row repeated to the right and downwards.
///
/// The memory is used again for the next picture.
final class PaddedPicture {
    private var memory: UnsafeMutablePointer<UInt8>?
    private var capacity = 0

    deinit { memory?.deallocate() }

    /// - Parameters:
    ///   - plane: at least one pixel.
    ///   - width, height: at least the plane's.
    /// - Returns: a plane without gaps between its rows, valid until the next call.
    func copy(_ plane: Plane, width: Int, height: Int) -> Plane {
        let base = room(width * height)
        for y in 0..<height {
            let source = plane.samples + min(y, plane.height - 1) * plane.stride
            let row = base + y * width
            row.update(from: source, count: plane.width)
            (row + plane.width).update(repeating: source[plane.width - 1], count: width - plane.width)
        }
        return Plane(base: UnsafeRawPointer(base), stride: width, width: width, height: height)
    }

    private func room(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if let memory, count <= capacity { return memory }
        memory?.deallocate()
        let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
        memory = grown
        capacity = count
        return grown
    }
}
