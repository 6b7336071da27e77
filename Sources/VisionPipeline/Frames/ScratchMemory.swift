/// Bytes that are used again and again and only grow. Confined to its owner.
struct ScratchMemory: ~Copyable {
    private var base: UnsafeMutableRawPointer?
    private(set) var capacity = 0

    /// At least `count` bytes, aligned for any vector unit; what was in them is lost when they grow.
    mutating func bytes(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if let base, count <= capacity { return base.assumingMemoryBound(to: UInt8.self) }
        base?.deallocate()
        let grown = UnsafeMutableRawPointer.allocate(byteCount: max(count, 64), alignment: 64)
        base = grown
        capacity = max(count, 64)
        return grown.assumingMemoryBound(to: UInt8.self)
    }

    deinit { base?.deallocate() }
}

extension ScratchMemory {
    /// At least `count` elements, aligned for any vector unit, of no particular value.
    mutating func elements<Element: BitwiseCopyable>(
        _ count: Int, of type: Element.Type
    ) -> UnsafeMutablePointer<Element> {
        UnsafeMutableRawPointer(bytes(count * MemoryLayout<Element>.stride)).assumingMemoryBound(to: type)
    }

    /// A plane whose rows start at aligned addresses.
    mutating func plane(width: Int, height: Int) -> MutablePlane {
        let stride = (width + 63) & ~63
        return MutablePlane(base: bytes(stride * height), stride: stride, width: width, height: height)
    }
}
