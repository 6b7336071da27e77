/// From limited range (luma 16…235, chroma 16…240, ITU-R BT.601 and BT.709) to full.
enum LumaRange {
    /// round((y − 16) · 255 / 219), held to 0…255.
    static func expand(_ row: Samples, into out: MutableSamples, count: Int) {
        for x in 0..<count {
            let above = UInt16(min(max(row[x], 16), 235)) &- 16
            // 38156 = 255/219 · 2¹⁵. The product's upper half has six bits of fraction, enough to round all 220 right.
            let scaled = UInt16(truncatingIfNeeded: (UInt32(above << 7) &* 38156) >> 16)
            out[x] = UInt8(truncatingIfNeeded: (scaled &+ 32) >> 6)
        }
    }

    /// round((c − 128) · 255 / 224) + 128, held to 0…255, for each c.
    static let chromaTable: [UInt8] = (0..<256).map {
        let value = (Double($0 - 128) * 255 / 224).rounded() + 128
        return UInt8(min(max(value, 0), 255))
    }

    static func expand(_ source: Plane, into target: MutablePlane) {
        for y in 0..<source.height { expand(source.row(y), into: target.row(y), count: source.width) }
    }

    static func expandChroma(_ source: Plane, into target: MutablePlane) {
        SampleTable.apply(chromaTable, to: source, into: target)
    }
}
