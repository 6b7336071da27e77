extension JPEGStructure {
    /// The picture as it leaves us: from SOI to EOI, with the usual Huffman tables and an EOI where it has none, and with Exif that
    /// says how it lies. Nil where it is so already, but for what stands around it.
    ///
    /// - Parameters:
    ///   - all: what the structure was read from.
    ///   - orientation: as Exif counts, 1…8; nil: as the picture says itself.
    func completed(_ all: UnsafeRawBufferPointer, orientation: Int? = nil) -> [UInt8]? {
        let turn = orientation.flatMap { $0 == self.orientation ? nil : $0 }
        guard !hasHuffmanTables || !hasEnd || turn != nil, process != .other else { return nil }
        var result: [UInt8] = [0xFF, 0xD8]
        if let turn, exif == nil { result += ExifOrientation.segment(turn) }
        if !hasHuffmanTables { result += JPEGTables.segment }
        let moved = result.count - (bytes.lowerBound + 2)
        result += all[bytes.lowerBound + 2..<bytes.upperBound]
        if let turn, let exif {
            let place = exif.place + moved
            result[place + (exif.isLittleEndian ? 0 : 1)] = UInt8(clamping: turn)
        }
        if !hasEnd { result += [0xFF, 0xD9] }
        return result
    }
}
