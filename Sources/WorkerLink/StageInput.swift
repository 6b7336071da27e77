/// The pixels that a stage works on. A chain gives it nothing else: what is different is converted before.
public struct StageInput: Hashable, Sendable, Codable {
    /// A layout of pixels that a stage can ask for; `PixelFormat` in VisionPipeline says how each lies in memory.
    public enum Format: String, Hashable, Sendable, Codable, CaseIterable {
        /// Three planes: luma, and U and V at half size.
        case i420
        /// Two planes: luma, and interleaved UV at half size.
        case nv12
        /// Luma alone.
        case gray8
    }

    /// What the numbers of the luma plane mean.
    public enum Luma: String, Hashable, Sendable, Codable {
        /// As the source has it: the frame's colorimetry tells.
        case any
        /// 0…255, and colours to match: for stages whose numbers mean absolute levels.
        case full
    }

    /// At least one.
    public var formats: [Format]
    /// Whether luma has to be full range.
    public var luma: Luma

    /// - Parameters:
    ///   - formats: those that the stage takes, at least one; of what has to be converted, the first with colours
    ///     counts most.
    ///   - luma: the range that it takes.
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
