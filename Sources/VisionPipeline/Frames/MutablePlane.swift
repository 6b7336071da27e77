/// One plane of a frame that is being made: rows of 8-bit samples. Valid only inside the closure that it is given to.
public struct MutablePlane {
    /// The first sample of the first row.
    public var base: UnsafeMutablePointer<UInt8>
    /// Bytes from one row to the next; never to be derived from the width.
    public var stride: Int
    /// Bytes in a row that hold samples (for interleaved UV: two a pair).
    public var width: Int
    /// Rows.
    public var height: Int

    /// A plane of `height` rows of `width` bytes, each `stride` bytes behind the one before.
    ///
    /// - Parameter base: of `(height - 1) * stride + width` writable bytes at least.
    public init(base: UnsafeMutablePointer<UInt8>, stride: Int, width: Int, height: Int) {
        self.base = base
        self.stride = stride
        self.width = width
        self.height = height
    }

    /// The same samples, to be read.
    public var readOnly: Plane {
        Plane(base: UnsafeRawPointer(base), stride: stride, width: width, height: height)
    }

    /// Writes the `width` samples of one row; every access to them is checked.
    ///
    /// - Parameter y: 0 or more and below `height`; any other ends the process.
    public func withRow<Result, Failure: Error>(
        _ y: Int, _ body: (inout MutableSpan<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(y >= 0 && y < height, "row \(y) of a plane of \(height)")
        var samples = UnsafeMutableBufferPointer(start: row(y), count: width).mutableSpan
        return try body(&samples)
    }

    /// The sample in column `x` (a byte) of row `y`; one outside the plane ends the process.
    public subscript(x: Int, y: Int) -> UInt8 {
        get { readOnly[x, y] }
        nonmutating set {
            precondition(x >= 0 && x < width && y >= 0 && y < height, "sample (\(x), \(y)) of \(width) × \(height)")
            row(y)[x] = newValue
        }
    }

    /// Gives every sample this value.
    public func fill(_ value: UInt8) {
        for y in 0..<height { row(y).update(repeating: value, count: width) }
    }

    /// Takes over the samples of a plane, as far as both reach.
    public func copy(_ source: Plane) {
        let count = min(width, source.width)
        for y in 0..<min(height, source.height) { row(y).update(from: source.row(y), count: count) }
    }

    /// Takes over what becomes of the samples of a plane, as far as both reach.
    ///
    /// - Parameter transform: asked once for each of the 256 values that a sample can have.
    public func map(_ source: Plane, _ transform: (UInt8) -> UInt8) {
        var table = InlineArray<256, UInt8>(repeating: 0)
        for value in 0..<256 { table[value] = transform(UInt8(value)) }
        let count = min(width, source.width)
        for y in 0..<min(height, source.height) {
            let (samples, results) = (source.row(y), row(y))
            for x in 0..<count { results[x] = table[Int(samples[x])] }
        }
    }

    /// The first sample of row `y`, which must lie in the plane. For kernels, which vouch for their bounds themselves.
    @inline(__always)
    func row(_ y: Int) -> UnsafeMutablePointer<UInt8> { base + y * stride }
}
