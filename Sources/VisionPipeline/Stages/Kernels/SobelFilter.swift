/// The slope of brightness by Sobel's 3 × 3 kernels, the edge sample repeated beyond the edge.
final class SobelFilter {
    private var rows = ScratchMemory()
    private var slopes = ScratchMemory()

    /// - Parameter body: gets each row's number and its slopes to the right and downwards, −1020…1020 each; they are
    ///   valid until it returns.
    func forEachRow(
        of source: Plane, _ body: (Int, _ right: UnsafePointer<Int16>, _ down: UnsafePointer<Int16>) -> Void
    ) {
        let width = source.width
        guard width > 0 else { return }
        let length = width + 2
        let smooth = rows.elements(2 * length, of: Int16.self) + 1
        let step = smooth + length
        let right = slopes.elements(2 * width, of: Int16.self)
        let down = right + width
        for y in 0..<source.height {
            Self.columns(
                source.nearestRow(y - 1), source.row(y), source.nearestRow(y + 1), smooth: smooth, step: step,
                count: width)
            Border.repeated.extend(smooth, count: width, reach: 1)
            Border.repeated.extend(step, count: width, reach: 1)
            for x in 0..<width { right[x] = smooth[x + 1] &- smooth[x - 1] }
            for x in 0..<width { down[x] = step[x - 1] &+ 2 &* step[x] &+ step[x + 1] }
            body(y, right, down)
        }
    }

    private static func columns(
        _ above: Samples, _ here: Samples, _ below: Samples, smooth: UnsafeMutablePointer<Int16>,
        step: UnsafeMutablePointer<Int16>, count: Int
    ) {
        for x in 0..<count {
            let (a, b) = (Int16(above[x]), Int16(below[x]))
            smooth[x] = a &+ 2 &* Int16(here[x]) &+ b
            step[x] = b &- a
        }
    }

    /// A quarter of |right| + |down|: a straight edge between two levels gives their difference.
    func magnitude(of source: Plane, into target: MutablePlane) {
        forEachRow(of: source) { y, right, down in
            let out = target.row(y)
            for x in 0..<source.width {
                let sum = max(right[x], 0 &- right[x]) &+ max(down[x], 0 &- down[x])
                out[x] = UInt8(truncatingIfNeeded: min((sum &+ 2) >> 2, 255))
            }
        }
    }
}
