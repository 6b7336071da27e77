internal import Foundation

/// From a wide picture's colours to those that a JPEG means, one colour at a time, in floating point.
///
/// Linear light is in units of 100 cd/m², the white of BT.709's reference display:
/// - BT.709, BT.601 and BT.2020 signals by BT.1886 with a gamma of 2.4;
/// - PQ by the EOTF of BT.2100, table 4;
/// - HLG by BT.2100's inverse OETF and OOTF for a display of 1000 cd/m² (table 5).
///
/// BT.2020 primaries become BT.709's (BT.2087), and what is brighter than white goes down Hable's curve (J. Hable, "Uncharted 2: HDR
/// Lighting", GDC 2010), in which 1000 cd/m² are white; all three colours by the factor of the brightest, so that hues stay. That is
/// what ffmpeg's `tonemap=hable:desat=0:peak=10` does.
struct DisplayLight {
    typealias Color = (red: Double, green: Double, blue: Double)

    let colorimetry: Colorimetry

    /// Luma 0…1 and chroma −0.5…0.5 in, the same of a JPEG out; beyond those where the colour is.
    func jpeg(y: Double, cb: Double, cr: Double) -> (y: Double, cb: Double, cr: Double) {
        let (kr, kb) = colorimetry.matrix.lumaWeights
        let (red, blue) = (y + 2 * (1 - kr) * cr, y + 2 * (1 - kb) * cb)
        var light = linear((red, (y - kr * red - kb * blue) / (1 - kr - kb), blue))
        if colorimetry.primaries == .bt2020 { light = Self.inBT709(light) }
        if colorimetry.transfer != .ordinary { light = Self.toned(light) }
        func signal(_ light: Double) -> Double { Self.signed(light) { pow($0, 1 / 2.4) } }
        let (r, g, b) = (signal(light.red), signal(light.green), signal(light.blue))
        let (tr, tb) = Colorimetry.Matrix.bt601.lumaWeights
        let luma = tr * r + (1 - tr - tb) * g + tb * b
        return (luma, (b - luma) / (2 * (1 - tb)), (r - luma) / (2 * (1 - tr)))
    }

    private func linear(_ signal: Color) -> Color {
        func each(_ body: (Double) -> Double) -> Color { (body(signal.red), body(signal.green), body(signal.blue)) }
        switch colorimetry.transfer {
        case .ordinary: return each { Self.signed($0) { pow($0, 2.4) } }
        case .pq: return each { Self.signed($0) { 100 * Self.pq(min($0, 1)) } }
        case .hlg:
            let scene = each { Self.signed($0) { Self.hlg(min($0, 1)) } }
            let luminance = max(0.2627 * scene.red + 0.6780 * scene.green + 0.0593 * scene.blue, 1e-6)
            let gain = 10 * pow(luminance, 0.2)
            return (scene.red * gain, scene.green * gain, scene.blue * gain)
        }
    }

    /// Shares of 10 000 cd/m².
    private static func pq(_ signal: Double) -> Double {
        let (m1, m2, c1, c2, c3) = (2610.0 / 16384, 2523.0 / 32, 3424.0 / 4096, 2413.0 / 128, 2392.0 / 128)
        let power = pow(signal, 1 / m2)
        return pow(max(power - c1, 0) / (c2 - c3 * power), 1 / m1)
    }

    private static func hlg(_ signal: Double) -> Double {
        let (a, b, c) = (0.17883277, 0.28466892, 0.55991073)
        return signal <= 0.5 ? signal * signal / 3 : (exp((signal - c) / a) + b) / 12
    }

    private static func inBT709(_ light: Color) -> Color {
        (
            1.660491 * light.red - 0.587641 * light.green - 0.072850 * light.blue,
            -0.124550 * light.red + 1.132900 * light.green - 0.008349 * light.blue,
            -0.018151 * light.red - 0.100579 * light.green + 1.118730 * light.blue
        )
    }

    private static func toned(_ light: Color) -> Color {
        let brightest = max(light.red, light.green, light.blue, 1e-6)
        let factor = hable(brightest) / hable(10) / brightest
        return (light.red * factor, light.green * factor, light.blue * factor)
    }

    private static func hable(_ light: Double) -> Double {
        let (a, b, c, d, e, f) = (0.15, 0.50, 0.10, 0.20, 0.02, 0.30)
        return (light * (light * a + b * c) + d * e) / (light * (light * a + b) + d * f) - e / f
    }

    private static func signed(_ value: Double, _ body: (Double) -> Double) -> Double {
        value < 0 ? -body(-value) : body(value)
    }
}
