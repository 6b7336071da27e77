/// A pinhole camera with radial (k1, k2, k3) and tangential (p1, p2) distortion after Brown (1966), as calibration
/// tools give it: in pixels, (0, 0) the middle of the first.
struct LensModel: Hashable {
    var fx: Double
    var fy: Double
    var cx: Double
    var cy: Double
    var k1 = 0.0
    var k2 = 0.0
    var p1 = 0.0
    var p2 = 0.0
    var k3 = 0.0

    /// Where the lens shows what a camera without distortion shows at (x, y).
    func distorted(x: Double, y: Double) -> (x: Double, y: Double) {
        let (u, v) = ((x - cx) / fx, (y - cy) / fy)
        let shown = bend(u, v)
        return (shown.u * fx + cx, shown.v * fy + cy)
    }

    /// Where a camera without distortion would show what the lens shows at (x, y).
    ///
    /// By fixed-point iteration, which converges where the distortion is not extreme; (x, y) itself where it does not.
    func undistorted(x: Double, y: Double) -> (x: Double, y: Double) {
        let (u, v) = ((x - cx) / fx, (y - cy) / fy)
        var (a, b) = (u, v)
        for _ in 0..<50 {
            let shown = bend(a, b)
            let (du, dv) = (u - shown.u, v - shown.v)
            a += du
            b += dv
            guard a.isFinite, b.isFinite, abs(a) < 1e3, abs(b) < 1e3 else { return (x, y) }
            if abs(du) + abs(dv) < 1e-12 { break }
        }
        let shown = bend(a, b)
        guard abs(shown.u - u) + abs(shown.v - v) < 1e-6 else { return (x, y) }
        return (a * fx + cx, b * fy + cy)
    }

    private func bend(_ u: Double, _ v: Double) -> (u: Double, v: Double) {
        let (uu, vv, uv) = (u * u, v * v, 2 * u * v)
        let r = uu + vv
        let radial = 1 + ((k3 * r + k2) * r + k1) * r
        return (u * radial + p1 * uv + p2 * (r + 2 * uu), v * radial + p1 * (r + 2 * vv) + p2 * uv)
    }

    /// The same lens before a plane with half the samples a side, each in the middle of four.
    var halved: LensModel {
        var half = self
        half.fx = fx / 2
        half.fy = fy / 2
        half.cx = (cx + 0.5) / 2 - 0.5
        half.cy = (cy + 0.5) / 2 - 0.5
        return half
    }
}
