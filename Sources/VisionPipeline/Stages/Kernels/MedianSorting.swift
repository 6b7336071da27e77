/// The median of a window of 3 or 5 by sorting: each column of the window once for all windows that it is in, then as
/// much of what is left as the median needs.
///
/// Works down strips, whose rows are copied to where each sample's neighbours are at distances known when it is compiled:
/// only then does the compiler see that nothing overlaps, and make vector code of loops over so many rows.
struct MedianSorting {
    let window: Int
    /// Samples from one pixel to the next, 1 or 2.
    let step: Int

    /// Samples in a strip's row.
    private static let stripWidth = 1024
    /// Samples from one row of a strip to the next: room for the window's border.
    private static let pitch = 1088

    func apply(_ source: Plane, to target: MutablePlane, scratch: inout ScratchMemory) {
        // As many rows as they come as the window is high, in any order; then the same sorted.
        let rows = scratch.bytes(2 * window * Self.pitch)
        for left in stride(from: 0, to: source.width, by: Self.stripWidth) {
            let count = min(source.width - left, Self.stripWidth)
            for y in -window / 2..<window / 2 {
                copy(source, y, from: left, count: count, into: rows)
            }
            for y in 0..<target.height {
                copy(source, y + window / 2, from: left, count: count, into: rows)
                let out = target.row(y) + left
                if window == 3 {
                    Self.sortThree(rows, count: count + 2 * step)
                    // A constant in each call: see above.
                    if step == 1 {
                        Self.medianOfThree(rows + 3 * Self.pitch, step: 1, into: out, count: count)
                    } else {
                        Self.medianOfThree(rows + 3 * Self.pitch, step: 2, into: out, count: count)
                    }
                } else {
                    Self.sortFive(rows, count: count + 4 * step)
                    if step == 1 {
                        Self.medianOfFive(rows + 5 * Self.pitch, step: 1, into: out, count: count)
                    } else {
                        Self.medianOfFive(rows + 5 * Self.pitch, step: 2, into: out, count: count)
                    }
                }
            }
        }
    }

    /// Puts a strip's part of the row nearest to `y`, with the window's border, in place of the oldest one.
    private func copy(_ source: Plane, _ y: Int, from left: Int, count: Int, into rows: MutableSamples) {
        let border = window / 2 * step
        let row = source.nearestRow(y)
        let out = rows + (y + window) % window * Self.pitch
        let (first, end) = (max(left - border, 0), min(left + count + border, source.width))
        (out + (first - (left - border))).update(from: row + first, count: end - first)
        // Beyond the plane's edge its last pixel again.
        for place in 0..<first - (left - border) { out[place] = row[place % step] }
        for place in end..<max(left + count + border, end) {
            out[place - (left - border)] = row[source.width - step + (place - source.width) % step]
        }
    }

    private static func sortThree(_ rows: MutableSamples, count: Int) {
        for x in 0..<count {
            let (a, b, c) = (rows[x], rows[x + pitch], rows[x + 2 * pitch])
            let (lower, upper) = (min(a, b), max(a, b))
            rows[x + 3 * pitch] = min(lower, c)
            rows[x + 4 * pitch] = max(lower, min(upper, c))
            rows[x + 5 * pitch] = max(upper, c)
        }
    }

    /// That of the highest low, the middle middle and the lowest high.
    @inline(__always)
    private static func medianOfThree(_ sorted: Samples, step: Int, into out: MutableSamples, count: Int) {
        for x in 0..<count {
            let (low, middle, high) = (sorted + x, sorted + x + pitch, sorted + x + 2 * pitch)
            let lowest = max(low[0], max(low[step], low[2 * step]))
            let (a, b, c) = (middle[0], middle[step], middle[2 * step])
            let central = max(min(a, b), min(max(a, b), c))
            let highest = min(high[0], min(high[step], high[2 * step]))
            out[x] = max(min(lowest, central), min(max(lowest, central), highest))
        }
    }

    private static func sortFive(_ rows: MutableSamples, count: Int) {
        for x in 0..<count {
            let column = SortedFive(
                rows[x], rows[x + pitch], rows[x + 2 * pitch], rows[x + 3 * pitch], rows[x + 4 * pitch])
            rows[x + 5 * pitch] = column.a
            rows[x + 6 * pitch] = column.b
            rows[x + 7 * pitch] = column.c
            rows[x + 8 * pitch] = column.d
            rows[x + 9 * pitch] = column.e
        }
    }

    /// With its columns sorted, and then its rows, a square of 25 has six samples that cannot be above the median and six
    /// that cannot be below it; the median is that of the other thirteen.
    @inline(__always)
    private static func medianOfFive(_ sorted: Samples, step: Int, into out: MutableSamples, count: Int) {
        for x in 0..<count {
            @inline(__always)
            func row(_ rank: Int) -> SortedFive {
                let first = sorted + x + rank * pitch
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
