/// One plane of a frame: rows of 8-bit samples. Valid only while its frame lives, so only inside `Frame.withPlanes`.
public struct Plane {
    /// The first sample of the first row.
    public var base: UnsafeRawPointer
    /// Bytes from one row to the next; never to be derived from the width.
    public var stride: Int
    /// Bytes in a row that hold samples (for interleaved UV: two a pair).
    public var width: Int
    /// Rows.
    public var height: Int

    /// A plane of `height` rows of `width` bytes, each `stride` bytes behind the one before.
    ///
    /// - Parameter base: of `(height - 1) * stride + width` readable bytes at least.
    public init(base: UnsafeRawPointer, stride: Int, width: Int, height: Int) {
        self.base = base
        self.stride = stride
        self.width = width
        self.height = height
    }

    /// A plane of no samples.
    public static var empty: Plane { Plane(base: emptyBase, stride: 0, width: 0, height: 0) }

    // One byte that is never read, written or freed, so that an empty plane still has an address.
    nonisolated(unsafe) private static let emptyBase = UnsafeRawPointer(
        UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))

    /// Reads the `width` samples of one row; every access to them is checked.
    ///
    /// - Parameter y: 0 or more and below `height`; any other ends the process.
    public func withRow<Result, Failure: Error>(
        _ y: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(y >= 0 && y < height, "row \(y) of a plane of \(height)")
        return try body(UnsafeBufferPointer(start: row(y), count: width).span)
    }

    /// The sample in column `x` (a byte) of row `y`; one outside the plane ends the process.
    public subscript(x: Int, y: Int) -> UInt8 {
        precondition(x >= 0 && x < width && y >= 0 && y < height, "sample (\(x), \(y)) of \(width) × \(height)")
        return row(y)[x]
    }
}

// For kernels, which vouch for their bounds themselves: checks keep loops over rows from being vectorised.
extension Plane {
    /// The samples as bytes.
    var samples: UnsafePointer<UInt8> { base.assumingMemoryBound(to: UInt8.self) }

    /// The first sample of row `y`, which must lie in the plane.
    @inline(__always)
    func row(_ y: Int) -> UnsafePointer<UInt8> { samples + y * stride }

    /// The first sample of the row nearest to `y`: edges are repeated outwards.
    @inline(__always)
    func nearestRow(_ y: Int) -> UnsafePointer<UInt8> { row(min(max(y, 0), height - 1)) }
}
