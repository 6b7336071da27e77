extension JPEGStructure {
    /// The picture as it leaves us: from SOI to EOI, with the usual Huffman tables where it has none. Nil where it is so already, but
    /// for what stands around it.
    ///
    /// - Parameter all: what the structure was read from.
    func completed(_ all: UnsafeRawBufferPointer) -> [UInt8]? {
        guard !hasHuffmanTables, process != .other else { return nil }
        let start = bytes.lowerBound + 2
        return [0xFF, 0xD8] + JPEGTables.segment + all[start..<bytes.upperBound]
    }
}
