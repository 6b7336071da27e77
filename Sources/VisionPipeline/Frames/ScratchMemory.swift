/// Bytes that are used again and again and only grow: what a stage needs beside its result. Confined to its owner.
///
/// A stage that keeps its scratch memory from frame to frame allocates nothing once it has seen the largest.
public struct ScratchMemory: ~Copyable {
    private var base: UnsafeMutableRawPointer?
    /// Bytes.
    private(set) var capacity = 0

    /// Empty memory: the first use allocates.
    public init() {}

    deinit { base?.deallocate() }

    /// A plane of `width` bytes a row whose rows start at aligned addresses.
    ///
    /// Its samples are of no particular value. It is valid until this memory is used again or goes away.
    public mutating func plane(width: Int, height: Int) -> MutablePlane {
        let stride = (width + 63) & ~63
        return MutablePlane(base: bytes(stride * height), stride: stride, width: width, height: height)
    }

    /// Gives `count` elements to `body`, of whatever value the last use has left; every access to them is checked.
    public mutating func withElements<Element: BitwiseCopyable, Result, Failure: Error>(
        _ count: Int, of type: Element.Type, _ body: (inout MutableSpan<Element>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var elements = UnsafeMutableBufferPointer(start: elements(count, of: type), count: count).mutableSpan
        return try body(&elements)
    }

    /// At least `count` bytes, aligned for any vector unit; what was in them is lost when they grow.
    mutating func bytes(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if let base, count <= capacity { return base.assumingMemoryBound(to: UInt8.self) }
        base?.deallocate()
        let grown = UnsafeMutableRawPointer.allocate(byteCount: max(count, 64), alignment: 64)
        base = grown
        capacity = max(count, 64)
        return grown.assumingMemoryBound(to: UInt8.self)
    }

    /// At least `count` elements, aligned for any vector unit, of no particular value.
    mutating func elements<Element: BitwiseCopyable>(
        _ count: Int, of type: Element.Type
    ) -> UnsafeMutablePointer<Element> {
        UnsafeMutableRawPointer(bytes(count * MemoryLayout<Element>.stride)).assumingMemoryBound(to: type)
    }
}
