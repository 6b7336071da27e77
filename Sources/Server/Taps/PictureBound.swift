import WorkerLink

/// The box that somebody's pictures of a tap must fit into, whatever is asked for, pixels.
struct PictureBound: Sendable, Hashable {
    var width: Int?
    var height: Int?

    /// Whether every picture of this variant fits.
    func holds(_ variant: Variant) -> Bool {
        (width.map { variant.width ?? .max <= $0 } ?? true) && (height.map { variant.height ?? .max <= $0 } ?? true)
    }

    /// The largest variant that fits.
    func variant(_ quality: Int?) -> Variant { Variant(width: width, height: height, quality: quality) }

    /// The largest that fits of what is asked for.
    func fitting(_ variant: Variant) -> Variant {
        guard variant.content == .picture else { return variant }
        var fitting = variant
        fitting.width = [variant.width, width].compactMap(\.self).min()
        fitting.height = [variant.height, height].compactMap(\.self).min()
        return fitting
    }
}
