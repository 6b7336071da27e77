/// The pixels that a stage works on. A chain gives it nothing else: what is different is converted before.
public struct StageInput: Hashable, Sendable, Codable {
    public enum Format: String, Hashable, Sendable, Codable, CaseIterable {
        case i420, nv12
        /// Luma alone.
        case gray8
    }

    public enum Luma: String, Hashable, Sendable, Codable {
        /// As the source has it: the frame's colorimetry tells.
        case any
        /// 0…255, and colours to match: for stages whose numbers mean absolute levels.
        case full
    }

    /// At least one.
    public var formats: [Format]
    public var luma: Luma

    public init(formats: [Format], luma: Luma) {
        self.formats = formats
        self.luma = luma
    }

    /// Whatever comes.
    public static let pixels = StageInput(formats: Format.allCases, luma: .any)
    /// Whatever comes, in full range.
    public static let fullRange = StageInput(formats: Format.allCases, luma: .full)
    /// One plane of luma 0…255.
    public static let fullRangeLuma = StageInput(formats: [.gray8], luma: .full)
}
