/// Something a plan's author should know, at its place in the text.
///
/// `code` is a promise: scripts may depend on it, messages may change.
public struct Diagnostic: Hashable, Sendable, Codable {
    public enum Severity: String, Hashable, Sendable, Codable {
        /// The plan cannot run.
        case error
        /// The plan runs, and its author would rather know.
        case warning
    }

    public var severity: Severity
    public var line: Int
    public var column: Int
    public var length: Int
    public var code: Code
    /// What is wrong, in a sentence without a full stop.
    public var message: String
    /// What to write instead, when that is known.
    public var hint: String?

    public init(_ severity: Severity, _ code: Code, at range: SourceRange, _ message: String, hint: String? = nil) {
        self.severity = severity
        self.code = code
        self.line = range.line
        self.column = range.column
        self.length = range.length
        self.message = message
        self.hint = hint
    }

    public var range: SourceRange { SourceRange(line: line, column: column, length: length) }
}

/// A plan that cannot run, with everything that is wrong with it.
public struct PlanError: Error, Hashable, Sendable {
    /// At least one of these is an error; sorted by place.
    public var diagnostics: [Diagnostic]

    public init(_ diagnostics: [Diagnostic]) {
        self.diagnostics = diagnostics
    }
}
