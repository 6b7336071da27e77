/// A place in a plan's text.
public struct SourceRange: Hashable, Sendable, Codable {
    /// 1 for the first line.
    public var line: Int
    /// 1 for the first character of a line; counted in Unicode scalars, as editors do.
    public var column: Int
    /// Unicode scalars covered on that line; at least 1.
    public var length: Int

    /// A place that begins at `line` and `column` and covers `length` characters.
    public init(line: Int, column: Int, length: Int) {
        self.line = line
        self.column = column
        self.length = length
    }
}
