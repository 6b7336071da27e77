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
