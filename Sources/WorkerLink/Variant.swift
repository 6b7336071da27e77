/// One way to encode a tap's frames. Rate is no part of it: rate belongs to the viewer.
public struct Variant: Hashable, Sendable, Codable {
    /// The box the picture must fit in, in pixels; nil leaves that side free. Aspect is kept, never enlarged.
    public var width: Int?
    /// Pixels, as `width`.
    public var height: Int?
    /// JPEG quality 1…100. Nil: as good as the source gives it (a JPEG camera's own bytes), else 85.
    public var quality: Int?

    /// JPEG quality where neither plan nor viewer says one, 1…100.
    public static let defaultQuality = 85
    /// The source's own size and quality.
    public static let asIs = Variant()

    /// The variant that fits this box, in this quality; as the source has it where a value is left out.
    public init(width: Int? = nil, height: Int? = nil, quality: Int? = nil) {
        self.width = width
        self.height = height
        self.quality = quality
    }
}
