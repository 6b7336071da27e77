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
    private var columns = ScratchMemory()
    private var sums = ScratchMemory()
    private var means = ScratchMemory()

    /// - Parameter window: odd, in samples; sigma = 0.3((window − 1)/2 − 1) + 0.8.
    init(window: Int) {
        let reach = max(window / 2, 0)
        if reach <= 4 {
            // Small ones are exact in binary.
            weights = GaussianKernel(size: 2 * reach + 1).half.reversed().map { Float($0) / 256 }
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
        let column = columns.elements(width + 2 * reach, of: Float.self) + reach
        let sum = sums.elements(width, of: Float.self)
        let mean = means.bytes(width)
        for y in 0..<height {
            Self.begin(source.row(y), weights[0], into: column, count: width)
            for first in stride(from: 1, through: reach, by: 4) {
                Self.add(Quad(weights, first) { source.row(border.place(y + $0, height)) }, to: column, count: width)
            }
            border.extend(column, count: width, reach: reach)
            Self.begin(column, weights[0], into: sum, count: width)
            for first in stride(from: 1, through: reach, by: 4) {
                Self.add(Quad(weights, first) { UnsafePointer(column + $0) }, to: sum, count: width)
            }
            Self.round(sum, into: mean, count: width)
            body(y, mean)
        }
    }

    /// Four pairs of rows, each as far before the middle as after it, and the pairs' weights.
    ///
    /// Four at a time keep the sums in registers for longer. Those beyond the window have no weight.
    private struct Quad<Element> {
        typealias Pair = (before: UnsafePointer<Element>, after: UnsafePointer<Element>, weight: Float)
        let pairs: (Pair, Pair, Pair, Pair)

        @inline(__always)
        init(_ weights: [Float], _ first: Int, row: (Int) -> UnsafePointer<Element>) {
            func pair(_ distance: Int) -> Pair {
                let inside = min(distance, weights.count - 1)
                return (row(-inside), row(inside), inside == distance ? weights[distance] : 0)
            }
            pairs = (pair(first), pair(first + 1), pair(first + 2), pair(first + 3))
        }
    }

    private static func begin(
        _ row: Samples, _ weight: Float, into sums: UnsafeMutablePointer<Float>, count: Int
    ) {
        for x in 0..<count { sums[x] = Float(Int32(row[x])) * weight }
    }

    private static func begin(
        _ row: UnsafePointer<Float>, _ weight: Float, into sums: UnsafeMutablePointer<Float>, count: Int
    ) {
        for x in 0..<count { sums[x] = row[x] * weight }
    }

    private static func add(_ rows: Quad<UInt8>, to sums: UnsafeMutablePointer<Float>, count: Int) {
        let (a, b, c, d) = rows.pairs
        for x in 0..<count {
            let first = Float(Int32(UInt16(a.before[x]) &+ UInt16(a.after[x]))) * a.weight
            let second = Float(Int32(UInt16(b.before[x]) &+ UInt16(b.after[x]))) * b.weight
            let third = Float(Int32(UInt16(c.before[x]) &+ UInt16(c.after[x]))) * c.weight
            let fourth = Float(Int32(UInt16(d.before[x]) &+ UInt16(d.after[x]))) * d.weight
            sums[x] = sums[x] + first + second + third + fourth
        }
    }

    private static func add(_ rows: Quad<Float>, to sums: UnsafeMutablePointer<Float>, count: Int) {
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
