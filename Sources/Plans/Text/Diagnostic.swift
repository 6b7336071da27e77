/// Something a plan's author should know, at its place in the text.
///
/// `code` is a promise: scripts may depend on it, messages may change.
public struct Diagnostic: Hashable, Sendable, Codable {
    /// Whether a plan can run in spite of it.
    public enum Severity: String, Hashable, Sendable, Codable {
        /// The plan cannot run.
        case error
        /// The plan runs, and its author would rather know.
        case warning
    }

    /// Whether the plan can run.
    public var severity: Severity
    /// 1 for the first line.
    public var line: Int
    /// 1 for the first character of a line; in Unicode scalars.
    public var column: Int
    /// Unicode scalars covered on that line; at least 1.
    public var length: Int
    /// Which kind it is.
    public var code: Code
    /// What is wrong, in a sentence without a full stop.
    public var message: String
    /// What to write instead, when that is known.
    public var hint: String?

    /// A diagnostic about a place in the text.
    public init(_ severity: Severity, _ code: Code, at range: SourceRange, _ message: String, hint: String? = nil) {
        self.severity = severity
        self.code = code
        self.line = range.line
        self.column = range.column
        self.length = range.length
        self.message = message
        self.hint = hint
    }

    /// The place as one value.
    public var range: SourceRange { SourceRange(line: line, column: column, length: length) }
}

/// A plan that cannot run, with everything that is wrong with it.
public struct PlanError: Error, Hashable, Sendable {
    /// At least one of these is an error; sorted by place.
    public var diagnostics: [Diagnostic]

    /// An error of these diagnostics, at least one of which says why the plan cannot run.
    public init(_ diagnostics: [Diagnostic]) {
        self.diagnostics = diagnostics
    }
}
