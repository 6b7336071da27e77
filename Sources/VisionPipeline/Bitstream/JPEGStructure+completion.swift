extension JPEGStructure {
    /// The picture as it leaves us: from SOI to EOI, with the usual Huffman tables and an EOI where it has none. Nil where it is so
    /// already, but for what stands around it.
    ///
    /// - Parameter all: what the structure was read from.
    func completed(_ all: UnsafeRawBufferPointer) -> [UInt8]? {
        guard !hasHuffmanTables || !hasEnd, process != .other else { return nil }
        var result: [UInt8] = [0xFF, 0xD8]
        if !hasHuffmanTables { result += JPEGTables.segment }
        result += all[bytes.lowerBound + 2..<bytes.upperBound]
        if !hasEnd { result += [0xFF, 0xD9] }
        return result
    }
}
