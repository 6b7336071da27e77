import CKernels

/// Brings YCbCr of any matrix and range to what JPEG means by it: BT.601, full range. Wide colours need more (`WideColorTable`).
///
/// Both are linear in the same R'G'B', so one 3×3 on YCbCr does it (ITU-R BT.601, BT.709 and BT.2020, ranges as in
/// ITU-T H.273 8.3). Luma gains a share of chroma and keeps its own resolution.
struct JPEGColorTransform {
    // Luma: 7 fraction bits in a UInt16, sixteen bits to a vector lane; `bias` keeps it above zero.
    private static let bias = 8192
    private let luma: UInt16
    private let lumaOffset: Int32
    // Chroma and its share in luma: 12 fraction bits.
    private let lumaFromU: Int16
    private let lumaFromV: Int16
    /// U from U and from V, V from U and from V.
    private let chroma: [Int16]

    /// Nil where nothing is to be done.
    init?(from source: Colorimetry) {
        guard source != .jpeg else { return nil }
        let (kr, kb) = source.matrix.lumaWeights
        let kg = 1 - kr - kb
        // Weights of the target, BT.601.
        let (tr, tb) = Colorimetry.Matrix.bt601.lumaWeights
        let tg = 1 - tr - tb

        /// Luma, Cb and Cr in BT.601 of a colour without luma of its own.
        func converted(cb: Double, cr: Double) -> (y: Double, cb: Double, cr: Double) {
            let red = 2 * (1 - kr) * cr
            let blue = 2 * (1 - kb) * cb
            let green = -(kr * red + kb * blue) / kg
            let y = tr * red + tg * green + tb * blue
            return (y, (blue - y) / (2 * (1 - tb)), (red - y) / (2 * (1 - tr)))
        }
        let fromU = converted(cb: 1, cr: 0)
        let fromV = converted(cb: 0, cr: 1)
        let lumaGain = source.range == .limited ? 255.0 / 219.0 : 1
        let chromaGain = source.range == .limited ? 255.0 / 224.0 : 1

        luma = UInt16((128 * lumaGain).rounded())
        let black: Int32 = source.range == .limited ? 16 : 0
        lumaOffset = Int32(Self.bias) + 64 - black * Int32(luma)
        func fixed(_ value: Double) -> Int16 { Int16((4096 * chromaGain * value).rounded()) }
        lumaFromU = fixed(fromU.y)
        lumaFromV = fixed(fromV.y)
        chroma = [fixed(fromU.cb), fixed(fromV.cb), fixed(fromU.cr), fixed(fromV.cr)]
    }

    /// The whole picture.
    ///
    /// - Parameters:
    ///   - y: other memory than the picture's; so are `chroma`'s planes, which are nil for gray.
    ///   - offsets: room for the width and one more.
    func convert(
        _ picture: YUVPicture, y: MutablePlane, chroma: (u: MutablePlane, v: MutablePlane)?,
        offsets: UnsafeMutablePointer<UInt16>
    ) {
        let (width, height) = (picture.size.width, picture.size.height)
        if picture.chroma == nil { offsets.update(repeating: UInt16(truncatingIfNeeded: lumaOffset), count: width) }
        for row in 0..<((height + 1) / 2) {
            if let source = picture.chroma, let target = chroma {
                let u = source.u.samples + row * source.u.stride
                let v = source.v.samples + row * source.v.stride
                kernel_luma_offsets(u, v, lumaFromU, lumaFromV, lumaOffset, offsets, (width + 1) / 2)
                kernel_chroma(
                    u, v, self.chroma, target.u.base + row * target.u.stride, target.v.base + row * target.v.stride,
                    target.u.width)
            }
            for line in (2 * row)..<min(2 * row + 2, height) {
                kernel_luma(
                    picture.y.samples + line * picture.y.stride, offsets, luma, UInt16(Self.bias),
                    y.base + line * y.stride, width)
            }
        }
    }
}
