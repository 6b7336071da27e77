/// One way to encode a tap's frames. Rate is no part of it: rate belongs to the viewer.
public struct Variant: Hashable, Sendable, Codable {
    /// What is wanted of a frame.
    public enum Content: String, Hashable, Sendable, Codable {
        /// A picture, with what was found in it.
        case picture
        /// What was found in it alone, in the tap's own pixels: nothing is encoded.
        case detections
    }

    /// What is wanted of a frame.
    public var content = Content.picture
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
    /// What was found in a frame, without its picture.
    public static let detections: Variant = {
        var variant = Variant()
        variant.content = .detections
        return variant
    }()

    /// The variant that fits this box, in this quality; as the source has it where a value is left out.
    public init(width: Int? = nil, height: Int? = nil, quality: Int? = nil) {
        self.width = width
        self.height = height
        self.quality = quality
    }
}
