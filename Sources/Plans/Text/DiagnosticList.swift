/// Collects what is wrong with a plan, up to a number that a person might still read.
struct DiagnosticList {
    /// After so many errors the rest is not worth the time of either side.
    static let limit = 100

    private(set) var items: [Diagnostic] = []
    private(set) var errorCount = 0

    var hasErrors: Bool { errorCount > 0 }
    var isFull: Bool { errorCount >= Self.limit }

    mutating func error(_ code: Diagnostic.Code, at range: SourceRange, _ message: String, hint: String? = nil) {
        guard !isFull else { return }
        errorCount += 1
        items.append(Diagnostic(.error, code, at: range, message, hint: hint))
    }

    mutating func warning(_ code: Diagnostic.Code, at range: SourceRange, _ message: String, hint: String? = nil) {
        guard items.count < Self.limit * 2 else { return }
        items.append(Diagnostic(.warning, code, at: range, message, hint: hint))
    }

    /// Adds all of another list, as far as there is room.
    mutating func append(_ other: DiagnosticList) {
        for item in other.items {
            switch item.severity {
            case .error: error(item.code, at: item.range, item.message, hint: item.hint)
            case .warning: warning(item.code, at: item.range, item.message, hint: item.hint)
            }
        }
    }

    /// In the order of the text; what was found first comes first at the same place.
    var sorted: [Diagnostic] {
        items.enumerated().sorted { left, right in
            (left.element.line, left.element.column, left.offset)
                < (right.element.line, right.element.column, right.offset)
        }.map(\.element)
    }
}
