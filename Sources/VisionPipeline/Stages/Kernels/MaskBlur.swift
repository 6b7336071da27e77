/// Softens the masked samples of a plane: two box means one after the other.
final class MaskBlur {
    private let mean = BoxMean()
    private var first = ScratchMemory()
    private var second = ScratchMemory()

    /// - Parameters:
    ///   - reach: of each mean to either side, in pixels of this plane, at most 50.
    ///   - channels: interleaved samples a pixel.
    func apply(_ source: Plane, to target: MutablePlane, runs: MaskRuns, reach: Int, channels: Int) {
        let height = min(source.height, runs.rows.count)
        guard let top = runs.rows[..<height].firstIndex(where: { !$0.isEmpty }),
            let last = runs.rows[..<height].lastIndex(where: { !$0.isEmpty })
        else { return }
        // Only the rows that are masked: what lies above and below takes no part.
        let part = Plane(
            base: UnsafeRawPointer(source.row(top)), stride: source.stride, width: source.width, height: last - top + 1)
        let between = first.plane(width: part.width, height: part.height)
        let soft = second.plane(width: source.width, height: source.height)
        let window = 2 * reach + 1
        mean.forEachRow(of: part, window: window, border: .repeated, channels: channels) { y, means in
            between.row(y).update(from: means, count: part.width)
        }
        mean.forEachRow(of: between.readOnly, window: window, border: .repeated, channels: channels) { y, means in
            soft.row(top + y).update(from: means, count: part.width)
        }
        runs.copy(soft.readOnly, to: target, channels: channels)
    }
}
