/// Brings the numbers of a picture with wide primaries or high dynamic range to those of a JPEG, by a table of every eighth number,
/// between which it interpolates: what is to be done to a colour is too much to be done for each pixel.
final class WideColorTable {
    let colorimetry: Colorimetry
    /// Nodes along each of luma, U and V: 0, 8 … 256.
    private static let side = 33
    /// Fraction bits of what stands in the tables.
    private static let bits = 5
    /// Such pictures have ten bits, and videoconvert cuts the last two off: so much is missing on average. Not of what has no
    /// colour: that is a round number.
    private static let missing = 0.375
    /// Luma runs fastest, so that the two nodes that a sample lies between are neighbours.
    private let luma: [Int16]
    private let u: [Int16]
    private let v: [Int16]

    init(_ colorimetry: Colorimetry) {
        self.colorimetry = colorimetry
        let light = DisplayLight(colorimetry: colorimetry)
        let isLimited = colorimetry.range == .limited
        func fixed(_ value: Double) -> Int16 {
            Int16(max(-1000, min(1000, value)) * Double(1 << Self.bits))
        }
        let count = Self.side * Self.side * Self.side
        let empty = [Int16](repeating: 0, count: count)
        var tables = (empty, empty, empty)
        for node in 0..<count {
            let level = Double(node % Self.side * 8) + Self.missing
            let (first, second) = (node / Self.side % Self.side * 8, node / Self.side / Self.side * 8)
            func share(_ chroma: Int) -> Double {
                chroma == 128 ? 0 : (Double(chroma - 128) + Self.missing) / (isLimited ? 224 : 255)
            }
            let color = light.jpeg(
                y: isLimited ? (level - 16) / 219 : level / 255, cb: share(first), cr: share(second))
            tables.0[node] = fixed(255 * color.y)
            tables.1[node] = fixed(255 * color.cb + 128)
            tables.2[node] = fixed(255 * color.cr + 128)
        }
        (luma, u, v) = tables
    }

    /// The whole picture.
    ///
    /// - Parameters:
    ///   - picture: 4:2:0, or gray.
    ///   - y: other memory than the picture's; so are `chroma`'s planes, which are nil for gray.
    func convert(_ picture: YUVPicture, y: MutablePlane, chroma: (u: MutablePlane, v: MutablePlane)?) {
        luma.withUnsafeBufferPointer { luma in
            for row in 0..<picture.size.height {
                let (source, target) = (picture.y.row(row), y.row(row))
                let rows = picture.chroma.map { ($0.u.row(row / 2), $0.v.row(row / 2)) }
                for x in 0..<picture.size.width {
                    let cell = Cell(source[x], rows?.0[x / 2] ?? 128, rows?.1[x / 2] ?? 128)
                    target[x] = cell.value(in: luma)
                }
            }
        }
        guard let source = picture.chroma, let chroma else { return }
        u.withUnsafeBufferPointer { u in
            v.withUnsafeBufferPointer { v in
                for row in 0..<chroma.u.height {
                    let (top, bottom) = (picture.y.row(2 * row), picture.y.nearestRow(2 * row + 1))
                    for x in 0..<chroma.u.width {
                        let (left, right) = (2 * x, min(2 * x + 1, picture.size.width - 1))
                        let sum = Int(top[left]) + Int(top[right]) + Int(bottom[left]) + Int(bottom[right])
                        let cell = Cell(
                            UInt8(truncatingIfNeeded: (sum + 2) / 4), source.u.row(row)[x], source.v.row(row)[x])
                        chroma.u.row(row)[x] = cell.value(in: u)
                        chroma.v.row(row)[x] = cell.value(in: v)
                    }
                }
            }
        }
    }

    /// Where a colour lies between the nodes.
    private struct Cell {
        private let node: Int
        private let weights: (y: Int32, u: Int32, v: Int32)

        @inline(__always)
        init(_ y: UInt8, _ u: UInt8, _ v: UInt8) {
            node = (Int(v >> 3) &* side &+ Int(u >> 3)) &* side &+ Int(y >> 3)
            weights = (Int32(y & 7), Int32(u & 7), Int32(v & 7))
        }

        @inline(__always)
        func value(in table: UnsafeBufferPointer<Int16>) -> UInt8 {
            /// Between two neighbours in luma, times 8.
            func along(_ place: Int) -> Int32 {
                Int32(table[place]) &* (8 &- weights.y) &+ Int32(table[place &+ 1]) &* weights.y
            }
            let near = along(node) &* (8 &- weights.u) &+ along(node &+ side) &* weights.u
            let far =
                along(node &+ side &* side) &* (8 &- weights.u) &+ along(node &+ side &* side &+ side) &* weights.u
            let sum = near &* (8 &- weights.v) &+ far &* weights.v
            let shift = Int32(9 + bits)
            return UInt8(truncatingIfNeeded: max(0, min(255, (sum &+ 1 << (shift - 1)) >> shift)))
        }
    }
}
