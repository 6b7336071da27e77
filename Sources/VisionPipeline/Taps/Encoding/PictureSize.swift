import WorkerLink

/// A picture's size in pixels.
struct PictureSize: Hashable, Sendable {
    var width: Int
    var height: Int

    init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
    }

    /// What a viewer sees of a frame before anybody asks for a size: upright, of square pixels, the tighter side as it is. Where
    /// that would be larger than any picture may be, it is made smaller instead.
    init(displaying frame: Frame) {
        let (width, height) = frame.uprightSize
        self.init(width: width, height: height)
        let aspect = frame.uprightPixelAspect
        guard !aspect.isSquare else { return }
        func longer(_ side: Int, _ factor: Int, _ divisor: Int) -> Int { (side * factor + divisor / 2) / divisor }
        if aspect.width > aspect.height {
            self.width = longer(width, aspect.width, aspect.height)
        } else {
            self.height = longer(height, aspect.height, aspect.width)
        }
        let limit = PictureLimit()
        guard !limit.allows(width: self.width, height: self.height) else { return }
        let (across, down) = (Double(self.width), Double(self.height))
        let factor = min(
            Double(limit.width) / across, Double(limit.height) / down,
            (Double(limit.pixels) / (across * down)).squareRoot())
        (self.width, self.height) = (max(Int(across * factor), 1), max(Int(down * factor), 1))
    }

    /// Of the same picture lying on its side.
    var turned: PictureSize { PictureSize(width: height, height: width) }

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
