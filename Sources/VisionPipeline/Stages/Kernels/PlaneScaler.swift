import CYUV

/// Another size of a plane, by libyuv.
enum PlaneScaler {
    enum Filter: String, CaseIterable {
        case box, bilinear, nearest

        fileprivate var mode: FilterMode {
            switch self {
            case .box: kFilterBox
            case .bilinear: kFilterBilinear
            case .nearest: kFilterNone
            }
        }
    }

    /// - Parameter channels: interleaved samples a pixel, 1 or 2.
    static func scale(_ source: Plane, to target: MutablePlane, filter: Filter, channels: Int = 1) {
        guard source.width >= channels, source.height > 0, target.width >= channels, target.height > 0 else { return }
        let (from, to) = (Int32(clamping: source.stride), Int32(clamping: target.stride))
        let (width, height) = (Int32(clamping: source.width / channels), Int32(clamping: source.height))
        let (newWidth, newHeight) = (Int32(clamping: target.width / channels), Int32(clamping: target.height))
        if channels == 2 {
            // To a quarter across libyuv takes one of its functions that asserts a quarter, an eighth … down as well,
            // without having looked. Bilinear is what it takes for other even factors.
            let isUnsafe = width == 4 * newWidth && height % (4 * newHeight) != 0
            let mode = isUnsafe && filter == .box ? kFilterBilinear : filter.mode
            UVScale(source.samples, from, width, height, target.base, to, newWidth, newHeight, mode)
        } else {
            ScalePlane(source.samples, from, width, height, target.base, to, newWidth, newHeight, filter.mode)
        }
    }
}
