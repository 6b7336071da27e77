/// One plane of a frame. Valid only while its frame lives.
public struct Plane {
    /// The first sample of the first row.
    public var base: UnsafeRawPointer
    /// Bytes from one row to the next; never to be derived from the width.
    public var stride: Int
    /// Bytes in a row that hold samples (for interleaved UV: two a pair).
    public var width: Int
    /// Rows.
    public var height: Int

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

    /// The samples as bytes.
    var samples: UnsafePointer<UInt8> { base.assumingMemoryBound(to: UInt8.self) }
}
