/// Why a stage could not be made, or lost a frame.
public struct StageError: Error, Hashable, Sendable {
    public struct Code: RawRepresentable, Hashable, Sendable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The options contradict each other.
        public static let options = Code(rawValue: "stage_options")
        /// Frames of this format cannot be worked on.
        public static let format = Code(rawValue: "stage_format")
        /// Frames of this size cannot be worked on.
        public static let size = Code(rawValue: "stage_size")
    }

    public var code: Code
    /// A sentence that a person can act on, without a full stop.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// `stage` was given frames of a format that it has no use for.
    static func format(_ format: PixelFormat, in stage: String) -> StageError {
        StageError(.format, "\(stage) works on pixels, and the frame is \(format.rawValue)")
    }
}
