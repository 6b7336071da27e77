/// Samples of a row, to be read.
///
/// Kernels work on pointers because bounds checks keep loops over rows from being vectorised. Who calls one of these
/// functions vouches for its length; each kernel takes it from the plane, never from another one.
typealias Samples = UnsafePointer<UInt8>
/// Samples of a row, to be written.
typealias MutableSamples = UnsafeMutablePointer<UInt8>

extension Plane {
    /// The first sample of row `y`, which must lie in the plane.
    @inline(__always)
    func row(_ y: Int) -> Samples { samples + y * stride }

    /// The first sample of the row nearest to `y`: edges are repeated outwards.
    @inline(__always)
    func nearestRow(_ y: Int) -> Samples { row(min(max(y, 0), height - 1)) }
}

extension MutablePlane {
    /// The first sample of row `y`, which must lie in the plane.
    @inline(__always)
    func row(_ y: Int) -> MutableSamples { base + y * stride }

    /// Takes over the samples of a plane, as far as both reach.
    func copy(_ source: Plane) {
        let count = min(width, source.width)
        for y in 0..<min(height, source.height) {
            row(y).update(from: source.row(y), count: count)
        }
    }
}
