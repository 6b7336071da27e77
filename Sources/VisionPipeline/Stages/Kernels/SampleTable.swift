import CKernels

/// One output value for each of the 256 a sample can have.
enum SampleTable {
    /// - Parameter table: 256 values; with fewer, nothing is written.
    static func apply(_ table: [UInt8], to source: Plane, into target: MutablePlane) {
        guard table.count >= 256 else { return }
        table.withUnsafeBufferPointer { table in
            guard let table = table.baseAddress else { return }
            for y in 0..<source.height {
                let (row, out) = (source.row(y), target.row(y))
                for x in 0..<source.width { out[x] = table[Int(row[x])] }
            }
        }
    }
}

extension SampleTable {
    /// `low` becomes 0, `high` 255, the rest in proportion.
    static func stretch(_ source: Plane, low: UInt8, high: UInt8, to target: MutablePlane) {
        for y in 0..<source.height {
            kernel_stretch(source.row(y), low, high, target.row(y), source.width)
        }
    }
}
