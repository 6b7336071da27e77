import WorkerLink

/// A picture's size in pixels.
struct PictureSize: Hashable, Sendable {
    var width: Int
    var height: Int

    /// The largest size inside the variant's box: aspect kept, never enlarged. A scaled side is even; a picture that
    /// fits as it is stays as it is, odd or not.
    func fitting(_ variant: Variant) -> PictureSize {
        let boxWidth = variant.width.map { max($0, 1) } ?? width
        let boxHeight = variant.height.map { max($0, 1) } ?? height
        guard boxWidth < width || boxHeight < height else { return self }
        // Which side is the tighter one; each factor is below 2^17 here, so nothing overflows.
        let limitedWidth = min(boxWidth, width)
        let limitedHeight = min(boxHeight, height)
        if limitedWidth * height <= limitedHeight * width {
            return PictureSize(
                width: Self.even(limitedWidth, atMost: limitedWidth),
                height: Self.even((height * limitedWidth + width / 2) / width, atMost: limitedHeight))
        }
        return PictureSize(
            width: Self.even((width * limitedHeight + height / 2) / height, atMost: limitedWidth),
            height: Self.even(limitedHeight, atMost: limitedHeight))
    }

    /// The nearest even number in 2…limit, or 1 where there is none.
    private static func even(_ value: Int, atMost limit: Int) -> Int {
        let nearest = (value + 1) & ~1
        return max(min(nearest, limit & ~1), min(limit, 2))
    }
}
