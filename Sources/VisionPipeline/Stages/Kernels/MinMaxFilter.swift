import CKernels

/// The darkest or the brightest sample of a square window around each sample of a plane.
///
/// What lies outside the plane does not count. Columns go by the method of van Herk (1992) and Gil and Werman (1993),
/// three comparisons a sample for any window; rows by doubling, log₂ of the window.
final class MinMaxFilter {
    enum Extreme {
        case minimum, maximum
    }

    private var rows = ScratchMemory()
    private var columns = ScratchMemory()

    /// - Parameters:
    ///   - window: odd, in samples.
    ///   - target: as large as `source`, and other memory.
    func apply(_ extreme: Extreme, window: Int, from source: Plane, to target: MutablePlane) {
        guard source.width > 0, source.height > 0 else { return }
        switch window {
        case ...1: target.copy(source)
        case ...3: applyThree(extreme, from: source, to: target)
        case ...5: applyFive(extreme, from: source, to: target)
        default: applyWide(extreme, reach: window / 2, from: source, to: target)
        }
    }

    private func applyThree(_ extreme: Extreme, from source: Plane, to target: MutablePlane) {
        let width = source.width
        let row = rows.bytes(width + 2)
        let neutral: UInt8 = extreme == .minimum ? 255 : 0
        row[0] = neutral
        row[width + 1] = neutral
        for y in 0..<source.height {
            let (above, here, below) = (source.nearestRow(y - 1), source.row(y), source.nearestRow(y + 1))
            Self.three(extreme, above, here, below, into: row + 1, count: width)
            Self.three(extreme, row, row + 1, row + 2, into: target.row(y), count: width)
        }
    }

    private func applyFive(_ extreme: Extreme, from source: Plane, to target: MutablePlane) {
        let width = source.width
        let row = rows.bytes(width + 4)
        let neutral: UInt8 = extreme == .minimum ? 255 : 0
        row.update(repeating: neutral, count: 2)
        (row + 2 + width).update(repeating: neutral, count: 2)
        for y in 0..<source.height {
            let (farAbove, above, here) = (source.nearestRow(y - 2), source.nearestRow(y - 1), source.row(y))
            Self.five(
                extreme, farAbove, above, here, source.nearestRow(y + 1), source.nearestRow(y + 2), into: row + 2,
                count: width)
            Self.five(extreme, row, row + 1, row + 2, row + 3, row + 4, into: target.row(y), count: width)
        }
    }

    private func applyWide(_ extreme: Extreme, reach: Int, from source: Plane, to target: MutablePlane) {
        let width = source.width
        // Each row has `reach` neutral samples on both sides, so that the window never asks where it is.
        let neutral: UInt8 = extreme == .minimum ? 255 : 0
        let length = width + 2 * reach
        let row = rows.bytes(2 * length)
        let other = row + length
        forEachColumnResult(extreme, reach: reach, of: source, in: row + reach) { y in
            row.update(repeating: neutral, count: reach)
            (row + reach + width).update(repeating: neutral, count: reach)
            Self.alongRow(extreme, window: 2 * reach + 1, row, other, into: target.row(y), count: width)
        }
    }

    /// Fills `result` with the extremes of each column's window, for one row after the other.
    private func forEachColumnResult(
        _ extreme: Extreme, reach: Int, of source: Plane, in result: MutableSamples, _ body: (Int) -> Void
    ) {
        let (width, height) = (source.width, source.height)
        let window = 2 * reach + 1
        // From row `start` on: suffix i has the extremes of rows i ..< window, a prefix those of the rows after.
        let suffixes = columns.bytes((window + 2) * width)
        var prefix = suffixes + window * width
        var nextPrefix = prefix + width
        for start in stride(from: -reach, to: height - reach, by: window) {
            (suffixes + (window - 1) * width).update(from: source.nearestRow(start + window - 1), count: width)
            for i in (0..<window - 1).reversed() {
                Self.two(
                    extreme, source.nearestRow(start + i), suffixes + (i + 1) * width, into: suffixes + i * width,
                    count: width)
            }
            result.update(from: suffixes, count: width)
            body(start + reach)
            for i in 1..<window where start + i + reach < height {
                let entering = source.nearestRow(start + window + i - 1)
                if i == 1 {
                    nextPrefix.update(from: entering, count: width)
                } else {
                    Self.two(extreme, prefix, entering, into: nextPrefix, count: width)
                }
                swap(&prefix, &nextPrefix)
                Self.two(extreme, prefix, suffixes + i * width, into: result, count: width)
                body(start + i + reach)
            }
        }
    }

    /// The window's extremes along one row. Uses up `row` and `other`, each `count + window - 1` long.
    private static func alongRow(
        _ extreme: Extreme, window: Int, _ row: MutableSamples, _ other: MutableSamples, into out: MutableSamples,
        count: Int
    ) {
        var (row, other) = (row, other)
        var length = count + window - 1
        var span = 1
        while span * 2 <= window {
            length -= span
            two(extreme, row, row + span, into: other, count: length)
            swap(&row, &other)
            span *= 2
        }
        two(extreme, row, row + (window - span), into: out, count: count)
    }

    private static func two(_ extreme: Extreme, _ a: Samples, _ b: Samples, into out: MutableSamples, count: Int) {
        switch extreme {
        case .minimum: kernel_min_2(a, b, out, count)
        case .maximum: kernel_max_2(a, b, out, count)
        }
    }

    private static func three(
        _ extreme: Extreme, _ a: Samples, _ b: Samples, _ c: Samples, into out: MutableSamples, count: Int
    ) {
        switch extreme {
        case .minimum: kernel_min_3(a, b, c, out, count)
        case .maximum: kernel_max_3(a, b, c, out, count)
        }
    }

    private static func five(
        _ extreme: Extreme, _ a: Samples, _ b: Samples, _ c: Samples, _ d: Samples, _ e: Samples,
        into out: MutableSamples, count: Int
    ) {
        switch extreme {
        case .minimum: kernel_min_5(a, b, c, d, e, out, count)
        case .maximum: kernel_max_5(a, b, c, d, e, out, count)
        }
    }
}
