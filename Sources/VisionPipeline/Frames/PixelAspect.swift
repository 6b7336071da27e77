/// How much wider than high a pixel is: 1:1 for square ones. Analogue and anamorphic cameras have others.
public struct PixelAspect: Hashable, Sendable {
    /// Width, in the unit that `height` has.
    public let width: Int
    /// Height, in the unit that `width` has.
    public let height: Int

    /// Square pixels.
    public static let square = PixelAspect(1, 1)

    /// A fraction; what cannot be one, and what no camera has (beyond 1:16 or 16:1), counts as square.
    public init(_ width: Int, _ height: Int) {
        let isPossible = (1...Self.most).contains(width) && (1...Self.most).contains(height)
        guard isPossible, width <= 16 * height, height <= 16 * width else {
            (self.width, self.height) = (1, 1)
            return
        }
        var (divisor, rest) = (width, height)
        while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
        (self.width, self.height) = (width / divisor, height / divisor)
    }

    /// Keeps products with any picture's size within an Int.
    private static let most = 1 << 30

    /// Whether nothing has to be done for a true picture.
    public var isSquare: Bool { width == height }

    /// Width of a pixel in heights.
    public var ratio: Double { Double(width) / Double(height) }

    /// Of the same pixels lying on their side.
    public var turned: PixelAspect { PixelAspect(height, width) }
}
