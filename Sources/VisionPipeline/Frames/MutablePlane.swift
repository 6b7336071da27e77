/// One plane of a frame that is being made. Valid only inside the closure that it is given to.
public struct MutablePlane {
    /// The first sample of the first row.
    public var base: UnsafeMutablePointer<UInt8>
    /// Bytes from one row to the next.
    public var stride: Int
    /// Bytes in a row that hold samples (for interleaved UV: two a pair).
    public var width: Int
    /// Rows.
    public var height: Int

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
}
