import CKernels

/// The mean of a square window around each sample, rounded to the nearest: an odd count of samples has no ties.
///
/// Column sums are carried from row to row, the window's sum along the row, so that the cost does not depend on the
/// window; a small window's is added up anew for eight places at once, which is faster.
final class BoxMean {
    private var columns = ScratchMemory()
    private var sums = ScratchMemory()
    private var means = ScratchMemory()
    /// 15² · 255 + 15²/2 < 2¹⁶.
    private static let widestInSixteenBits = 15

    /// - Parameters:
    ///   - window: odd, in pixels, at most 101: beyond, `Float` no longer rounds each sum right.
    ///   - channels: interleaved samples a pixel.
    ///   - body: gets each row's number and means, which are valid until it returns.
    func forEachRow(
        of source: Plane, window: Int, border: Border, channels: Int = 1, _ body: (Int, Samples) -> Void
    ) {
        let (pixels, height, reach) = (source.width / channels, source.height, window / 2)
        guard pixels > 0, height > 0 else { return }
        let width = pixels * channels
        let padding = reach * channels
        let padded = columns.elements(width + 2 * padding, of: UInt16.self)
        let column = padded + padding
        let mean = means.bytes(width)
        column.update(repeating: 0, count: width)
        for y in -reach...reach {
            Self.add(source.row(border.place(y, height)), to: column, count: width)
        }
        for y in 0..<height {
            if y > 0 {
                let entering = source.row(border.place(y + reach, height))
                let leaving = source.row(border.place(y - reach - 1, height))
                kernel_exchange(entering, leaving, column, width)
            }
            border.extend(column, count: pixels, reach: reach, channels: channels)
            if 3...Self.widestInSixteenBits ~= window {
                kernel_box_mean(padded, window, channels, mean, width)
            } else {
                let sum = sums.elements(width, of: Int32.self)
                for channel in 0..<channels {
                    Self.slide(
                        padded + channel, over: window, step: channels, into: sum + channel, count: pixels)
                }
                Self.divide(sum, by: window * window, into: mean, count: width)
            }
            body(y, mean)
        }
    }

    private static func add(_ row: Samples, to column: UnsafeMutablePointer<UInt16>, count: Int) {
        for x in 0..<count { column[x] &+= UInt16(row[x]) }
    }

    private static func slide(
        _ padded: UnsafePointer<UInt16>, over window: Int, step: Int, into sums: UnsafeMutablePointer<Int32>,
        count: Int
    ) {
        var sum: Int32 = 0
        for i in 0..<window - 1 { sum &+= Int32(padded[i * step]) }
        let front = padded + (window - 1) * step
        if step == 1 {
            for x in 0..<count {
                sum &+= Int32(front[x])
                sums[x] = sum
                sum &-= Int32(padded[x])
            }
            return
        }
        for x in 0..<count {
            sum &+= Int32(front[x * step])
            sums[x * step] = sum
            sum &-= Int32(padded[x * step])
        }
    }

    private static func divide(
        _ sums: UnsafePointer<Int32>, by divisor: Int, into means: MutableSamples, count: Int
    ) {
        let factor = 1 / Float(divisor)
        for x in 0..<count {
            means[x] = UInt8(truncatingIfNeeded: (Float(sums[x]) * factor + Rows.rounder).bitPattern)
        }
    }
}
