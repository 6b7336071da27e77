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
    private let lumaFromU: Int32
    private let lumaFromV: Int32
    private let uFromU: Int32
    private let uFromV: Int32
    private let vFromU: Int32
    private let vFromV: Int32

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
        func fixed(_ value: Double) -> Int32 { Int32((4096 * chromaGain * value).rounded()) }
        lumaFromU = fixed(fromU.y)
        lumaFromV = fixed(fromV.y)
        uFromU = fixed(fromU.cb)
        uFromV = fixed(fromV.cb)
        vFromU = fixed(fromU.cr)
        vFromV = fixed(fromV.cr)
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
        if picture.chroma == nil { lumaOffsets(width: width, into: offsets) }
        for row in 0..<((height + 1) / 2) {
            if let source = picture.chroma, let chroma {
                let u = source.u.samples + row * source.u.stride
                let v = source.v.samples + row * source.v.stride
                lumaOffsets(u: u, v: v, width: width, into: offsets)
                convertChroma(
                    u: u, v: v, toU: chroma.u.base + row * chroma.u.stride,
                    toV: chroma.v.base + row * chroma.v.stride, width: chroma.u.width)
            }
            for line in (2 * row)..<min(2 * row + 2, height) {
                convertLuma(
                    from: picture.y.samples + line * picture.y.stride, to: y.base + line * y.stride, width: width,
                    offsets: offsets)
            }
        }
    }

    /// What a row of luma is to have added, at full width, from the chroma row that covers it.
    ///
    /// - Parameter offsets: `width` values, one to spare.
    private func lumaOffsets(
        u: UnsafePointer<UInt8>, v: UnsafePointer<UInt8>, width: Int, into offsets: UnsafeMutablePointer<UInt16>
    ) {
        for x in 0..<((width + 1) / 2) {
            let share = lumaFromU &* (Int32(u[x]) &- 128) &+ lumaFromV &* (Int32(v[x]) &- 128)
            let offset = UInt16(truncatingIfNeeded: lumaOffset &+ ((share &+ 16) >> 5))
            offsets[2 &* x] = offset
            offsets[2 &* x &+ 1] = offset
        }
    }

    /// The same where there is no chroma: gray.
    private func lumaOffsets(width: Int, into offsets: UnsafeMutablePointer<UInt16>) {
        offsets.update(repeating: UInt16(truncatingIfNeeded: lumaOffset), count: width)
    }

    /// One row of luma.
    private func convertLuma(
        from source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, width: Int,
        offsets: UnsafePointer<UInt16>
    ) {
        let gain = luma
        let bias = UInt16(Self.bias)
        for x in 0..<width {
            let value = UInt16(source[x]) &* gain &+ offsets[x]
            target[x] = UInt8(truncatingIfNeeded: min((max(value, bias) &- bias) >> 7, 255))
        }
    }

    /// One row of U and V.
    private func convertChroma(
        u: UnsafePointer<UInt8>, v: UnsafePointer<UInt8>, toU: UnsafeMutablePointer<UInt8>,
        toV: UnsafeMutablePointer<UInt8>, width: Int
    ) {
        for x in 0..<width {
            let cb = Int32(u[x]) &- 128
            let cr = Int32(v[x]) &- 128
            let newU = ((uFromU &* cb &+ uFromV &* cr &+ 2048) >> 12) &+ 128
            let newV = ((vFromU &* cb &+ vFromV &* cr &+ 2048) >> 12) &+ 128
            toU[x] = UInt8(truncatingIfNeeded: max(0, min(255, newU)))
            toV[x] = UInt8(truncatingIfNeeded: max(0, min(255, newV)))
        }
    }
}
