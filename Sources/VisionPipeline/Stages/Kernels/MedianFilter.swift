import CKernels

/// The middle one of the samples in a square window around each sample, the edge sample repeated beyond the edge.
///
/// Three ways, each the fastest in its range: sorting for windows of 3 and 5, search by bits to 13, histograms of columns
/// beyond.
final class MedianFilter {
    private var padded = ScratchMemory()
    private var results = ScratchMemory()
    private var histograms = ScratchMemory()

    /// - Parameters:
    ///   - window: odd, in pixels.
    ///   - channels: interleaved samples a pixel.
    func apply(_ source: Plane, window: Int, to target: MutablePlane, channels: Int = 1) {
        guard source.width >= channels, source.height > 0 else { return }
        switch window {
        case ...1:
            target.copy(source)
        case 3:
            sort(source, window: window, step: channels, into: target, kernel_sort_3, kernel_median_3)
        case 5:
            sort(source, window: window, step: channels, into: target, kernel_sort_5, kernel_median_5)
        case ...13:
            search(source, window: window, step: channels, into: target)
        default:
            count(source, window: window, step: channels, into: target)
        }
    }

    /// Sorts each column of the window once for all windows that it is in, then as much of what is left as the median needs.
    private func sort(
        _ source: Plane, window: Int, step: Int, into target: MutablePlane,
        _ sortColumns: (UnsafePointer<Samples>, MutableSamples, Int, Int) -> Void,
        _ median: (Samples, Int, Int, MutableSamples, Int) -> Void
    ) {
        let (reach, pixels) = (window / 2, source.width / step)
        let margin = reach * step
        let pitch = (source.width + 2 * margin + 63) & ~63
        let sorted = results.bytes(window * pitch)
        withUnsafeTemporaryAllocation(of: Samples.self, capacity: window) { rows in
            guard let first = rows.baseAddress else { return }
            for y in 0..<source.height {
                for row in 0..<window { rows.initializeElement(at: row, to: source.nearestRow(y + row - reach)) }
                sortColumns(first, sorted + margin, pitch, source.width)
                for rank in 0..<window {
                    Border.repeated.extend(
                        sorted + rank * pitch + margin, count: pixels, reach: reach, channels: step)
                }
                median(sorted, pitch, step, target.row(y), target.width)
            }
        }
    }

    /// Hands out the rows around each row, with half a window more pixels on each side.
    private func forEachWindow(
        of source: Plane, window: Int, channels: Int, _ body: (Int, UnsafePointer<Samples>) -> Void
    ) {
        let reach = window / 2
        let pitch = (source.width + 2 * reach * channels + 63) & ~63
        let ring = padded.bytes(window * pitch)
        func take(_ y: Int) {
            let row = ring + (y + window) % window * pitch + reach * channels
            row.update(from: source.nearestRow(y), count: source.width)
            Border.repeated.extend(row, count: source.width / channels, reach: reach, channels: channels)
        }
        for y in -reach..<reach { take(y) }
        withUnsafeTemporaryAllocation(of: Samples.self, capacity: window) { rows in
            guard let first = rows.baseAddress else { return }
            for y in 0..<source.height {
                take(y + reach)
                for row in 0..<window {
                    rows.initializeElement(at: row, to: Samples(ring + (y + row - reach + window) % window * pitch))
                }
                body(y, first)
            }
        }
    }

    /// Finds the median bit by bit: a bit is in it when more than half of the window is at least so high with it.
    private func search(_ source: Plane, window: Int, step: Int, into target: MutablePlane) {
        let width = source.width / step * step
        let trial = results.bytes(2 * width)
        let votes = trial + width
        let half = UInt8(truncatingIfNeeded: window * window / 2)
        forEachWindow(of: source, window: window, channels: step) { y, rows in
            let out = target.row(y)
            out.update(repeating: 0, count: width)
            for shift in stride(from: 7, through: 0, by: -1) {
                let bit = UInt8(1) << UInt8(shift)
                for x in 0..<width { trial[x] = out[x] | bit }
                votes.update(repeating: 0, count: width)
                for row in 0..<window { kernel_vote(rows[row], window, step, trial, votes, width) }
                for x in 0..<width { out[x] |= votes[x] > half ? bit : 0 }
            }
        }
    }

    private func count(_ source: Plane, window: Int, step: Int, into target: MutablePlane) {
        let pixels = source.width / step
        let memory = histograms.bytes(kernel_median_wide_memory(window))
        for channel in 0..<step {
            kernel_median_wide(
                source.samples + channel, source.stride, pixels, source.height, step, window, memory,
                target.base + channel, target.stride)
        }
    }
}
