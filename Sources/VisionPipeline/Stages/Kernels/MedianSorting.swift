/// The median of a window of 3 or 5 by sorting: each column of the window once for all windows that it is in, then as
/// much of what is left as the median needs.
///
/// Works on blocks of a row, copied to where each sample's neighbours are at distances known when it is compiled: only
/// then does the compiler see that nothing overlaps, and make vector code of loops over so many rows.
struct MedianSorting {
    let window: Int
    /// Samples from one pixel to the next, 1 or 2.
    let step: Int

    /// Samples in a block.
    private static let blockSize = 1024
    /// Samples from one row of a block to the next: room for the window's border.
    private static let pitch = 1088

    /// - Parameters:
    ///   - plane: with the window's border around it.
    ///   - width: samples in a row of the target.
    func apply(_ plane: Plane, to target: MutablePlane, width: Int, scratch: inout ScratchMemory) {
        let block = scratch.bytes(window * Self.pitch)
        for y in 0..<target.height {
            for left in stride(from: 0, to: width, by: Self.blockSize) {
                let count = min(width - left, Self.blockSize)
                let length = count + (window - 1) * step
                for row in 0..<window {
                    (block + row * Self.pitch).update(from: plane.row(y + row) + left, count: length)
                }
                let out = target.row(y) + left
                if window == 3 {
                    Self.sortThree(block, count: length)
                    // A constant in each call: see above.
                    if step == 1 {
                        Self.medianOfThree(block, step: 1, into: out, count: count)
                    } else {
                        Self.medianOfThree(block, step: 2, into: out, count: count)
                    }
                } else {
                    Self.sortFive(block, count: length)
                    if step == 1 {
                        Self.medianOfFive(block, step: 1, into: out, count: count)
                    } else {
                        Self.medianOfFive(block, step: 2, into: out, count: count)
                    }
                }
            }
        }
    }

    private static func sortThree(_ block: MutableSamples, count: Int) {
        for x in 0..<count {
            let (a, b, c) = (block[x], block[x + pitch], block[x + 2 * pitch])
            let (lower, upper) = (min(a, b), max(a, b))
            block[x] = min(lower, c)
            block[x + pitch] = max(lower, min(upper, c))
            block[x + 2 * pitch] = max(upper, c)
        }
    }

    /// That of the highest low, the middle middle and the lowest high.
    @inline(__always)
    private static func medianOfThree(_ block: Samples, step: Int, into out: MutableSamples, count: Int) {
        for x in 0..<count {
            let (low, middle, high) = (block + x, block + x + pitch, block + x + 2 * pitch)
            let lowest = max(low[0], max(low[step], low[2 * step]))
            let (a, b, c) = (middle[0], middle[step], middle[2 * step])
            let central = max(min(a, b), min(max(a, b), c))
            let highest = min(high[0], min(high[step], high[2 * step]))
            out[x] = max(min(lowest, central), min(max(lowest, central), highest))
        }
    }

    private static func sortFive(_ block: MutableSamples, count: Int) {
        for x in 0..<count {
            let column = SortedFive(
                block[x], block[x + pitch], block[x + 2 * pitch], block[x + 3 * pitch], block[x + 4 * pitch])
            block[x] = column.a
            block[x + pitch] = column.b
            block[x + 2 * pitch] = column.c
            block[x + 3 * pitch] = column.d
            block[x + 4 * pitch] = column.e
        }
    }

    /// With its columns sorted, and then its rows, a square of 25 has six samples that cannot be above the median and six
    /// that cannot be below it; the median is that of the other thirteen.
    @inline(__always)
    private static func medianOfFive(_ block: Samples, step: Int, into out: MutableSamples, count: Int) {
        for x in 0..<count {
            @inline(__always)
            func row(_ rank: Int) -> SortedFive {
                let first = block + x + rank * pitch
                return SortedFive(first[0], first[step], first[2 * step], first[3 * step], first[4 * step])
            }
            let (lowest, low, middle, high, highest) = (row(0), row(1), row(2), row(3), row(4))
            // In eighteen comparisons, which a search has found that knew of the order in rows and columns.
            let highs = min(low.d, highest.b)
            let a = min(highest.a, highs)
            let b = max(highest.a, highs)
            let c = min(lowest.e, middle.c)
            let d = max(lowest.e, middle.c)
            let e = max(max(high.a, max(a, c)), middle.b)
            let f = min(min(middle.d, low.e), max(low.c, high.b))
            let g = max(f, lowest.d)
            let h = min(b, min(high.c, d))
            out[x] = max(min(e, max(g, h)), min(g, h))
        }
    }
}

/// Five samples in order. Of what nobody reads, the compiler leaves the comparisons out.
private struct SortedFive {
    var (a, b, c, d, e): (UInt8, UInt8, UInt8, UInt8, UInt8)

    /// Nine comparisons, the fewest there are for five.
    @inline(__always)
    init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, _ e: UInt8) {
        let (a1, d1) = (min(a, d), max(a, d))
        let (b1, e1) = (min(b, e), max(b, e))
        let (a2, c1) = (min(a1, c), max(a1, c))
        let (b2, d2) = (min(b1, d1), max(b1, d1))
        let (a3, b3) = (min(a2, b2), max(a2, b2))
        let (c2, e2) = (min(c1, e1), max(c1, e1))
        let (b4, c3) = (min(b3, c2), max(b3, c2))
        let (d3, e3) = (min(d2, e2), max(d2, e2))
        let (c4, d4) = (min(c3, d3), max(c3, d3))
        (self.a, self.b, self.c, self.d, self.e) = (a3, b4, c4, d4, e3)
    }
}
