public import Plans

/// What is wrong with the options that a stage was given.
public struct StageOptionsError: Error, Hashable, Sendable {
    /// One thing that is wrong.
    public struct Problem: Hashable, Sendable {
        /// Which of the given options it is about; nil when one is missing.
        public var index: Int?
        /// As diagnostics have it.
        public var code: Diagnostic.Code
        /// A sentence without a full stop.
        public var message: String
        /// What to write instead, where that can be told.
        public var hint: String?
    }

    /// At least one, in the order of the options.
    public var problems: [Problem]
}
