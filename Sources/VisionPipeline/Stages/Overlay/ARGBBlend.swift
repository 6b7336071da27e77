/// Lays a drawing over the planes of a frame, in the frame's own matrix and range.
///
/// This is not GStreamer's overlay composition, for three reasons: that converts colours by BT.601 limited whatever the
/// frame's colours are, wants each frame wrapped into a GstBuffer, and stands outside the folders that know GStreamer.
/// For each plane the sum is linear, so one pass over what is drawn is enough; what is clear is skipped by the pair.
struct ARGBBlend {
    /// Shares of alpha, red, green and blue in a sample, in 1/65536.
    private typealias Weights = (alpha: Int32, red: Int32, green: Int32, blue: Int32)
    private let luma: Weights
    private let u: Weights
    private let v: Weights

    init(_ colorimetry: Colorimetry) {
        let (red, blue) = colorimetry.matrix.lumaWeights
        let green = 1 - red - blue
        let isFull = colorimetry.range == .full
        // ITU-T H.273 (2021), 8.3: premultiplied colours carry alpha already, the offsets do not.
        let (lumaScale, chromaScale) = isFull ? (1.0, 1.0) : (219.0 / 255, 224.0 / 255)
        func weights(_ offset: Double, _ scale: Double, _ red: Double, _ green: Double, _ blue: Double) -> Weights {
            let values = [offset / 255, red * scale, green * scale, blue * scale].map { Int32(($0 * 65536).rounded()) }
            return (values[0], values[1], values[2], values[3])
        }
        luma = weights(isFull ? 0 : 16, lumaScale, red, green, blue)
        u = weights(128, chromaScale / (2 * (1 - blue)), -red, -green, 1 - blue)
        v = weights(128, chromaScale / (2 * (1 - red)), 1 - red, -green, -blue)
    }

    /// - Parameters:
    ///   - rectangle: inside the frame.
    ///   - planes: of an I420 or NV12 frame.
    func blend(_ rectangle: ARGBRectangle, onto planes: MutablePlanes, isInterleaved: Bool) {
        let (uPlane, vPlane) = (planes[1], isInterleaved ? planes[1] : planes[2])
        let (step, vOffset) = isInterleaved ? (2, 1) : (1, 0)
        for y in stride(from: 0, to: rectangle.height, by: 2) {
            let rows = min(2, rectangle.height - y)
            let upper = rectangle.pixels + y * rectangle.stride
            let lower = upper + (rows - 1) * rectangle.stride
            let chromaRow = (rectangle.y + y) / 2
            let uRow = uPlane.base + chromaRow * uPlane.stride
            let vRow = vPlane.base + chromaRow * vPlane.stride + vOffset
            for x in stride(from: 0, to: rectangle.width, by: 2) {
                // The stride is even: there is a pixel behind an odd last one, and it is clear.
                guard upper[x] | upper[x + 1] | lower[x] | lower[x + 1] != 0 else { continue }
                let columns = min(2, rectangle.width - x)
                var sum = SIMD4<Int32>(repeating: 0)
                for row in 0..<rows {
                    let line = row == 0 ? upper : lower
                    let target = planes[0].base + (rectangle.y + y + row) * planes[0].stride + rectangle.x
                    for column in x..<x + columns {
                        let color = Self.channels(line[column])
                        sum &+= color
                        target[column] = Self.mix(target[column], color, luma)
                    }
                }
                let count = Int32(rows * columns)
                let mean = (sum &+ count / 2) / count
                let place = (rectangle.x + x) / 2 * step
                uRow[place] = Self.mix(uRow[place], mean, u)
                vRow[place] = Self.mix(vRow[place], mean, v)
            }
        }
    }

    /// Alpha, red, green, blue.
    @inline(__always)
    private static func channels(_ pixel: UInt32) -> SIMD4<Int32> {
        SIMD4(
            Int32(pixel >> 24), Int32(pixel >> 16 & 255), Int32(pixel >> 8 & 255), Int32(pixel & 255))
    }

    /// What is below shows as far as alpha lets it: 257 / 65536 is one 255th.
    @inline(__always)
    private static func mix(_ below: UInt8, _ color: SIMD4<Int32>, _ weights: Weights) -> UInt8 {
        let kept = Int32(below) &* (255 &- color.x) &* 257
        let added =
            weights.alpha &* color.x &+ weights.red &* color.y &+ weights.green &* color.z &+ weights.blue &* color.w
        return UInt8(clamping: (kept &+ added &+ 32768) >> 16)
    }
}
