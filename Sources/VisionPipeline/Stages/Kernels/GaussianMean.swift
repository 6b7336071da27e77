#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The gaussian mean of a square window around each sample, in single precision, rounded once; ties go to even.
///
/// Thresholds compare with it, so it must not be a level off: unlike `GaussianBlur` it does not round between columns
/// and rows.
final class GaussianMean {
    /// From the middle outwards.
    private let weights: [Float]
    private var rows = ScratchMemory()
    private var ring = ScratchMemory()
    private var means = ScratchMemory()

    /// - Parameter window: odd, in samples; sigma = 0.3((window − 1)/2 − 1) + 0.8.
    init(window: Int) {
        let reach = max(window / 2, 0)
        if reach <= 4 {
            // Small ones are exact in binary.
            let kernel = GaussianKernel(size: 2 * reach + 1)
            weights = kernel.half.reversed().map { Float($0) / Float(1 << kernel.bits) }
        } else {
            let sigma = 0.3 * (Double(reach) - 1) + 0.8
            let values = (0...reach).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
            let sum = values[0] + 2 * values.dropFirst().reduce(0, +)
            weights = values.map { Float($0 / sum) }
        }
    }

    /// - Parameter body: gets each row's number and means, which are valid until it returns.
    func forEachRow(of source: Plane, border: Border, _ body: (Int, Samples) -> Void) {
        let (width, height, reach) = (source.width, source.height, weights.count - 1)
        guard width > 0, height > 0 else { return }
        let stride = (width + 15) & ~15
        let row = rows.elements(stride + width + 2 * reach, of: Float.self)
        let padded = row + stride + reach
        // As many filtered rows as the window is high.
        let size = 2 * reach + 1
        let ring = ring.elements(size * stride, of: Float.self)
        let mean = means.bytes(width)
        var filtered = 0
        for y in 0..<height {
            while filtered <= min(y + reach, height - 1) {
                Self.convert(source.row(filtered), into: padded, count: width)
                border.extend(padded, count: width, reach: reach)
                filter(into: ring + filtered % size * stride, count: width) { UnsafePointer(padded + $0) }
                filtered += 1
            }
            filter(into: row, count: width) { offset in
                UnsafePointer(ring + border.place(y + offset, height) % size * stride)
            }
            Self.round(row, into: mean, count: width)
            body(y, mean)
        }
    }

    /// The weighted sum of the rows that `row` gives for the offsets in the window.
    @inline(__always)
    private func filter(
        into sums: UnsafeMutablePointer<Float>, count: Int, row: (Int) -> UnsafePointer<Float>
    ) {
        Self.begin(Quad(weights, 1, row: row), row(0), weights[0], into: sums, count: count)
        for first in stride(from: 5, to: weights.count, by: 4) {
            Self.add(Quad(weights, first, row: row), to: sums, count: count)
        }
    }

    /// Four pairs of rows, each as far before the middle as after it, and the pairs' weights.
    ///
    /// Four at a time keep the sums in registers for longer. Those beyond the window have no weight.
    private struct Quad {
        typealias Pair = (before: UnsafePointer<Float>, after: UnsafePointer<Float>, weight: Float)
        let pairs: (Pair, Pair, Pair, Pair)

        @inline(__always)
        init(_ weights: [Float], _ first: Int, row: (Int) -> UnsafePointer<Float>) {
            func pair(_ distance: Int) -> Pair {
                let inside = min(distance, weights.count - 1)
                return (row(-inside), row(inside), inside == distance ? weights[distance] : 0)
            }
            pairs = (pair(first), pair(first + 1), pair(first + 2), pair(first + 3))
        }
    }

    private static func convert(_ row: Samples, into out: UnsafeMutablePointer<Float>, count: Int) {
        for x in 0..<count { out[x] = Float(Int32(row[x])) }
    }

    private static func begin(
        _ rows: Quad, _ middle: UnsafePointer<Float>, _ weight: Float, into sums: UnsafeMutablePointer<Float>,
        count: Int
    ) {
        let (a, b, c, d) = rows.pairs
        for x in 0..<count {
            let first = (a.before[x] + a.after[x]) * a.weight
            let second = (b.before[x] + b.after[x]) * b.weight
            let third = (c.before[x] + c.after[x]) * c.weight
            let fourth = (d.before[x] + d.after[x]) * d.weight
            sums[x] = middle[x] * weight + first + second + third + fourth
        }
    }

    private static func add(_ rows: Quad, to sums: UnsafeMutablePointer<Float>, count: Int) {
        let (a, b, c, d) = rows.pairs
        for x in 0..<count {
            let first = (a.before[x] + a.after[x]) * a.weight
            let second = (b.before[x] + b.after[x]) * b.weight
            let third = (c.before[x] + c.after[x]) * c.weight
            let fourth = (d.before[x] + d.after[x]) * d.weight
            sums[x] = sums[x] + first + second + third + fourth
        }
    }

    private static func round(_ sums: UnsafePointer<Float>, into means: MutableSamples, count: Int) {
        for x in 0..<count { means[x] = UInt8(truncatingIfNeeded: (sums[x] + Rows.rounder).bitPattern) }
    }
}
