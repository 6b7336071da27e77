/// One complete JPEG picture in somebody else's memory: begins with SOI, ends with EOI.
struct JPEGBytes {
    let base: UnsafePointer<UInt8>
    let count: Int

    /// Zeros behind EOI, which some cameras fill up with, are left out.
    ///
    /// - Throws: `JPEGError.incompleteJPEG` where SOI or EOI is missing.
    init(_ plane: Plane) throws(JPEGError) {
        base = plane.samples
        var count = plane.stride
        while count > 4, base[count - 1] == 0 { count -= 1 }
        guard count >= 4, base[0] == 0xFF, base[1] == 0xD8, base[count - 2] == 0xFF, base[count - 1] == 0xD9 else {
            throw .incompleteJPEG
        }
        self.count = count
    }

    var copied: [UInt8] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
