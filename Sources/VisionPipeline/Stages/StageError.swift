/// Why a stage could not be made, or lost a frame.
public struct StageError: Error, Hashable, Sendable {
    /// What sort of problem it is; a stage of your own may have codes of its own.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// As programs see it, for example `stage_options`.
        public var rawValue: String
        /// A code of that name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The options contradict each other.
        public static let options = Code(rawValue: "stage_options")
        /// Frames of this format cannot be worked on.
        public static let format = Code(rawValue: "stage_format")
        /// Frames of this size cannot be worked on.
        public static let size = Code(rawValue: "stage_size")
    }

    /// What sort of problem it is.
    public var code: Code
    /// A sentence that a person can act on, without a full stop.
    public var message: String

    /// - Parameters:
    ///   - code: what sort of problem it is.
    ///   - message: a sentence that a person can act on, without a full stop.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// `stage` was given frames of a format that it has no use for.
    public static func format(_ format: PixelFormat, in stage: String) -> StageError {
        StageError(.format, "\(stage) works on pixels, and the frame is \(format.rawValue)")
    }
}
