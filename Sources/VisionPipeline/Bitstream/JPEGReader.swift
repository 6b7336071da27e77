/// Reads the pictures of one source of JPEGs, and learns whether it ends them.
///
/// A picture without EOI was cut, as a rule. A camera that has sent several and never an EOI sends none: then they are whole.
struct JPEGReader {
    private var complete = 0
    private var endless = 0
    /// Pictures without EOI, and none with one, after which they are taken as they are.
    private static let patience = 5

    /// Nil for what is no whole picture.
    mutating func structure(of bytes: UnsafeRawBufferPointer) -> JPEGStructure? {
        guard let found = try? JPEGStructure(bytes, needsEnd: false) else { return nil }
        if found.hasEnd {
            complete += 1
            return found
        }
        endless += 1
        return complete == 0 && endless > Self.patience ? found : nil
    }

    /// The sizes in all frame headers of bytes that need not begin with a picture.
    ///
    /// In coded samples FF is followed by 0 or a restart marker, so that a frame header is found nowhere else but in a
    /// thumbnail, which stands before the picture's own: none of them speaks for the others.
    static func claimedSizes(in bytes: UnsafeRawBufferPointer) -> [CodedSize] {
        guard bytes.count >= 10 else { return [] }
        var found: [CodedSize] = []
        for place in 0...bytes.count - 10 where bytes[place] == 0xFF && (0xC0...0xC2).contains(bytes[place + 1]) {
            let components = Int(bytes[place + 9])
            guard bytes[place + 2] == 0, Int(bytes[place + 3]) == 8 + 3 * components, (1...4).contains(components)
            else {
                continue
            }
            found.append(
                CodedSize(
                    width: Int(bytes[place + 7]) << 8 | Int(bytes[place + 8]),
                    height: Int(bytes[place + 5]) << 8 | Int(bytes[place + 6])))
        }
        return found
    }

    /// How many bytes at the end may be the beginning of a frame header, whose size the next bytes say.
    static func bytesOfHeader(atEndOf bytes: UnsafeRawBufferPointer) -> Int {
        let count = bytes.count
        for length in (1...9).reversed() where length <= count {
            let start = count - length
            guard bytes[start] == 0xFF else { continue }
            if length >= 2, !(0xC0...0xC2).contains(bytes[start + 1]) { continue }
            if length >= 3, bytes[start + 2] != 0 { continue }
            return length
        }
        return 0
    }
}
