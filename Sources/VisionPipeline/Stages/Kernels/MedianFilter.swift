/// The middle one of the samples in a square window around each sample, the edge sample repeated beyond the edge.
///
/// Three ways, each the fastest in its range: sorting for windows of 3 and 5, search by bits to 15, a histogram that
/// slides along the row (Huang, 1979) beyond.
final class MedianFilter {
    private var padded = ScratchMemory()
    private var rows = ScratchMemory()
    private var histogram = [Int32](repeating: 0, count: 256)

    /// - Parameters:
    ///   - window: odd, in pixels.
    ///   - channels: interleaved samples a pixel.
    func apply(_ source: Plane, window: Int, to target: MutablePlane, channels: Int = 1) {
        let (pixels, reach) = (source.width / channels, window / 2)
        guard pixels > 0, source.height > 0 else { return }
        guard reach > 0 else { return target.copy(source) }
        if reach <= 2 {
            return MedianSorting(window: window, step: channels).apply(source, to: target, scratch: &rows)
        }
        let plane = pad(source, reach: reach, channels: channels)
        let width = pixels * channels
        switch window {
        case ...15: search(plane, window: window, width: width, step: channels, into: target)
        default: slide(plane, window: window, pixels: pixels, step: channels, into: target)
        }
    }

    /// A copy with `reach` more pixels on each side.
    private func pad(_ source: Plane, reach: Int, channels: Int) -> Plane {
        let plane = padded.plane(width: source.width + 2 * reach * channels, height: source.height + 2 * reach)
        for y in 0..<plane.height {
            let row = plane.row(y) + reach * channels
            row.update(from: source.nearestRow(y - reach), count: source.width)
            Border.repeated.extend(row, count: source.width / channels, reach: reach, channels: channels)
        }
        return plane.readOnly
    }

    /// Finds the median bit by bit: a bit is in it when more than half of the window is at least so high with it.
    private func search(_ plane: Plane, window: Int, width: Int, step: Int, into target: MutablePlane) {
        let trial = rows.bytes(2 * width)
        let votes = trial + width
        let half = UInt8(truncatingIfNeeded: window * window / 2)
        for y in 0..<target.height {
            let out = target.row(y)
            out.update(repeating: 0, count: width)
            for shift in stride(from: 7, through: 0, by: -1) {
                let bit = UInt8(1) << UInt8(shift)
                for x in 0..<width { trial[x] = out[x] | bit }
                votes.update(repeating: 0, count: width)
                for row in 0..<window {
                    Rows.vote(plane.row(y + row), window: window, step: step, trial, into: votes, count: width)
                }
                for x in 0..<width { out[x] |= votes[x] > half ? bit : 0 }
            }
        }
    }

    private func slide(_ plane: Plane, window: Int, pixels: Int, step: Int, into target: MutablePlane) {
        let half = Int32(window * window / 2)
        histogram.withUnsafeMutableBufferPointer { buffer in
            guard let counts = buffer.baseAddress else { return }
            for y in 0..<target.height {
                for channel in 0..<step {
                    buffer.update(repeating: 0)
                    for row in 0..<window {
                        let samples = plane.row(y + row) + channel
                        for x in 0..<window { counts[Int(samples[x * step])] &+= 1 }
                    }
                    var level = 0
                    var below: Int32 = 0
                    let out = target.row(y) + channel
                    for x in 0..<pixels {
                        while below > half {
                            level -= 1
                            below -= counts[level]
                        }
                        while below + counts[level] <= half {
                            below += counts[level]
                            level += 1
                        }
                        out[x * step] = UInt8(truncatingIfNeeded: level)
                        guard x + 1 < pixels else { break }
                        for row in 0..<window {
                            let samples = plane.row(y + row) + channel
                            let (leaving, entering) = (Int(samples[x * step]), Int(samples[(x + window) * step]))
                            counts[leaving] &-= 1
                            counts[entering] &+= 1
                            below += (entering < level ? 1 : 0) - (leaving < level ? 1 : 0)
                        }
                    }
                }
            }
        }
    }
}
