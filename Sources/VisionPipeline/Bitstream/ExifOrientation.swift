/// Exif's tag 0x0112 in a JPEG: how the picture lies (CIPA DC-008, 4.6.4; TIFF 6.0, section 2).
struct ExifOrientation: Hashable, Sendable {
    /// 1…8; 1 is upright.
    var value: Int
    /// Where its two bytes stand, counted from the beginning of the APP1 segment's body.
    var place: Int
    var isLittleEndian: Bool

    /// Entries of a directory that are looked at; cameras have a few dozen.
    private static let entryLimit = 200

    /// Whether an APP1 segment is Exif's.
    static func isExif(_ body: UnsafeRawBufferPointer) -> Bool { body.starts(with: header) }

    private static let header = Array("Exif\0\0".utf8)

    /// Reads the first directory.
    ///
    /// - Parameter body: of an APP1 segment, whatever is in it.
    /// - Returns: nil where it does not say how the picture lies, or says nonsense.
    init?(_ body: UnsafeRawBufferPointer) {
        guard body.count >= 14, Self.isExif(body) else { return nil }
        let start = Self.header.count
        switch (body[start], body[start + 1]) {
        case (0x49, 0x49): isLittleEndian = true
        case (0x4D, 0x4D): isLittleEndian = false
        default: return nil
        }
        let isLittle = isLittleEndian
        /// A number of 2 or 4 bytes, so many behind the byte order's mark; nil past the end.
        func number(_ place: Int, _ size: Int) -> Int? {
            guard place >= 0, start + place + size <= body.count else { return nil }
            return (0..<size).reduce(0) { sum, index in
                sum << 8 | Int(body[start + place + (isLittle ? size - 1 - index : index)])
            }
        }
        guard number(2, 2) == 42, let directory = number(4, 4), let count = number(directory, 2) else { return nil }
        for entry in 0..<min(count, Self.entryLimit) {
            let entry = directory + 2 + 12 * entry
            guard let tag = number(entry, 2) else { return nil }
            guard tag == 0x0112 else { continue }
            // A SHORT; it stands at the beginning of its four bytes in both byte orders.
            guard number(entry + 2, 2) == 3, let value = number(entry + 8, 2), 1...8 ~= value else { return nil }
            (self.value, place) = (value, start + entry + 8)
            return
        }
        return nil
    }

    /// An APP1 segment, marker included, that says nothing else.
    ///
    /// - Parameter value: 1…8.
    static func segment(_ value: Int) -> [UInt8] {
        let entry: [UInt8] = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(clamping: value), 0, 0]
        let tiff: [UInt8] = [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1] + entry + [0, 0, 0, 0]
        return [0xFF, 0xE1, 0, UInt8(2 + header.count + tiff.count)] + header + tiff
    }
}
