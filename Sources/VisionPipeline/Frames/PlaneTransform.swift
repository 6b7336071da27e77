import CKernels
import CYUV

/// A turn by quarters, then a flip.
struct PlaneTransform: Hashable {
    /// Clockwise.
    enum Turn: Int {
        case none = 0
        case quarter = 90
        case half = 180
        case threeQuarters = 270
    }

    var turn = Turn.none
    var flipsHorizontally = false
    var flipsVertically = false

    /// Width and height change places.
    var isTransposing: Bool { turn == .quarter || turn == .threeQuarters }

    /// Nothing moves.
    var isIdentity: Bool { turn == .none && !flipsHorizontally && !flipsVertically }

    /// The same in steps that are cheap: a transposition across the main diagonal first, then mirroring.
    private var steps: (transposes: Bool, mirrorsRows: Bool, mirrorsColumns: Bool) {
        let (rows, columns): (Bool, Bool) =
            switch turn {
            case .none: (false, false)
            case .quarter: (true, false)
            case .half: (true, true)
            case .threeQuarters: (false, true)
            }
        return (isTransposing, rows != flipsHorizontally, columns != flipsVertically)
    }

    /// - Parameter channels: interleaved samples a pixel, 1 or 2.
    func apply(_ source: Plane, to target: MutablePlane, channels: Int = 1) {
        let steps = steps
        guard source.width >= channels, source.height > 0 else { return }
        if channels == 2 {
            return applyToPairs(source, to: target)
        }
        if steps.transposes {
            // A negative distance goes from the last row upwards: what is read so comes out mirrored, what is written so
            // upside down.
            kernel_transpose(
                steps.mirrorsRows ? source.row(source.height - 1) : source.samples,
                steps.mirrorsRows ? -source.stride : source.stride, source.width, source.height,
                steps.mirrorsColumns ? target.row(target.height - 1) : target.base,
                steps.mirrorsColumns ? -target.stride : target.stride)
            return
        }
        let stride = Int32(clamping: source.stride)
        let targetStride = Int32(clamping: target.stride)
        let (width, height) = (Int32(clamping: source.width), Int32(clamping: source.height))
        // A negative height reads the plane from its last row upwards.
        let signed = steps.mirrorsColumns ? -height : height
        if steps.mirrorsRows {
            MirrorPlane(source.samples, stride, target.base, targetStride, width, signed)
        } else {
            CopyPlane(source.samples, stride, target.base, targetStride, width, signed)
        }
    }

    /// Pairs of samples stay together. In squares, so that both sides of a transposition stay in the cache.
    private func applyToPairs(_ source: Plane, to target: MutablePlane) {
        let steps = steps
        let (width, height) = (target.width / 2, target.height)
        let square = 16
        for top in stride(from: 0, to: height, by: square) {
            for left in stride(from: 0, to: width, by: square) {
                for y in top..<min(top + square, height) {
                    let out = target.row(y)
                    for x in left..<min(left + square, width) {
                        let column = steps.mirrorsRows ? width - 1 - x : x
                        let row = steps.mirrorsColumns ? height - 1 - y : y
                        let pixel =
                            steps.transposes
                            ? source.row(column) + 2 * row
                            : source.row(row) + 2 * column
                        out[2 * x] = pixel[0]
                        out[2 * x + 1] = pixel[1]
                    }
                }
            }
        }
    }

    /// Where a point of a picture of `width` × `height` pixels comes to lie.
    func apply(_ point: Detection.Point, width: Double, height: Double) -> Detection.Point {
        let steps = steps
        var (x, y) = steps.transposes ? (point.y, point.x) : (point.x, point.y)
        if steps.mirrorsRows { x = (steps.transposes ? height : width) - x }
        if steps.mirrorsColumns { y = (steps.transposes ? width : height) - y }
        return Detection.Point(x: x, y: y)
    }
}
