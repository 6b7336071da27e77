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
        // Room for a vector behind the end.
        let padded = columns.elements(width + 2 * padding + SampleVector.size, of: UInt16.self)
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
                Self.exchange(entering, leaving, in: column, count: width)
            }
            border.extend(column, count: pixels, reach: reach, channels: channels)
            if 3...Self.widestInSixteenBits ~= window {
                let division = Division(by: UInt16(window * window))
                if window == 3 {
                    Self.three(padded, step: channels, division, into: mean, count: width)
                } else if window == 5 {
                    Self.five(padded, step: channels, division, into: mean, count: width)
                } else {
                    let sum = sums.elements(width + SampleVector.size, of: UInt16.self)
                    Self.add(padded, window: window, step: channels, into: sum, count: width)
                    for x in 0..<width { mean[x] = division(sum[x]) }
                }
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

    private static func exchange(
        _ entering: Samples, _ leaving: Samples, in column: UnsafeMutablePointer<UInt16>, count: Int
    ) {
        for x in 0..<count { column[x] = column[x] &+ UInt16(entering[x]) &- UInt16(leaving[x]) }
    }

    private static func add(
        _ padded: UnsafePointer<UInt16>, window: Int, step: Int, into sums: UnsafeMutablePointer<UInt16>, count: Int
    ) {
        func load(_ place: Int) -> SIMD8<UInt16> {
            UnsafeRawPointer(padded + place).loadUnaligned(as: SIMD8<UInt16>.self)
        }
        for x in stride(from: 0, to: count, by: SampleVector.size) {
            var (first, second) = (load(x), load(x &+ 8))
            for index in 1..<window {
                first = first &+ load(x &+ index &* step)
                second = second &+ load(x &+ 8 &+ index &* step)
            }
            UnsafeMutableRawPointer(sums + x).storeBytes(of: first, as: SIMD8<UInt16>.self)
            UnsafeMutableRawPointer(sums + x + 8).storeBytes(of: second, as: SIMD8<UInt16>.self)
        }
    }

    private static func three(
        _ padded: UnsafePointer<UInt16>, step: Int, _ division: Division, into means: MutableSamples, count: Int
    ) {
        let (second, third) = (padded + step, padded + 2 * step)
        for x in 0..<count { means[x] = division(padded[x] &+ second[x] &+ third[x]) }
    }

    private static func five(
        _ padded: UnsafePointer<UInt16>, step: Int, _ division: Division, into means: MutableSamples, count: Int
    ) {
        let (second, third, fourth, fifth) = (padded + step, padded + 2 * step, padded + 3 * step, padded + 4 * step)
        for x in 0..<count { means[x] = division(padded[x] &+ second[x] &+ third[x] &+ fourth[x] &+ fifth[x]) }
    }

    /// By multiplication with 2¹⁶⁺ˢ/divisor, rounded up, where 2ˢ is the power of two below the divisor: exact for all sums of
    /// windows up to 15.
    private struct Division {
        private let half: UInt16
        private let factor: UInt16
        private let shift: UInt16

        /// - Parameter divisor: odd, at least 3.
        init(by divisor: UInt16) {
            half = divisor / 2
            shift = UInt16(15 - divisor.leadingZeroBitCount)
            factor = UInt16(truncatingIfNeeded: (1 << (16 + Int(shift)) + Int(divisor) - 1) / Int(divisor))
        }

        @inline(__always)
        func callAsFunction(_ sum: UInt16) -> UInt8 {
            let high = UInt16(truncatingIfNeeded: (UInt32(sum &+ half) &* UInt32(factor)) >> 16)
            return UInt8(truncatingIfNeeded: high &>> shift)
        }
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
