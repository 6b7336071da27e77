/// Diagnostics for people: `file:line:column: error: message`, the line with a caret, the hint.
///
/// What the text holds of credentials is masked: what is printed ends up in the logs of build servers.
public struct DiagnosticRenderer: Sendable {
    private let file: String
    private let lines: [String.UnicodeScalarView.SubSequence]
    /// The same as others may see them.
    private let shownLines: [String.UnicodeScalarView.SubSequence]
    private let redaction: Redaction
    private let usesColour: Bool

    /// Characters of a source line that are shown; longer ones are cut around the place.
    private static let widest = 120

    /// - Parameters:
    ///   - file: the name to print before each diagnostic.
    ///   - text: the plan's text, as it was parsed.
    ///   - colour: whether to use ANSI colours; only on a terminal.
    public init(file: String, text: String, colour: Bool = false) {
        self.file = file
        self.lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        redaction = Redaction(planText: text)
        shownLines = redaction.shownPlanText(text).unicodeScalars
            .split(separator: "\n", omittingEmptySubsequences: false)
        self.usesColour = colour
    }

    /// All of them, each ending with a newline.
    public func render(_ diagnostics: [Diagnostic]) -> String {
        diagnostics.map(render).joined()
    }

    /// One of them, in as many lines as it takes, the last ending with a newline.
    public func render(_ diagnostic: Diagnostic) -> String {
        let diagnostic = redaction.apply(to: [diagnostic]).first ?? diagnostic
        let colour = diagnostic.severity == .error ? "31" : "35"
        let place = styled("\(file):\(diagnostic.line):\(diagnostic.column):", "1")
        var text = "\(place) \(styled("\(diagnostic.severity.rawValue):", "1;\(colour)")) \(diagnostic.message)\n"
        if diagnostic.line >= 1, diagnostic.line <= lines.count {
            text += excerpt(diagnostic, colour: colour)
        }
        if let hint = diagnostic.hint { text += "  \(styled("hint:", "1;36")) \(hint)\n" }
        return text
    }

    private func styled(_ text: String, _ style: String) -> String {
        usesColour ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text
    }

    private func excerpt(_ diagnostic: Diagnostic, colour: String) -> String {
        // A credential that goes over several lines takes some of them away: then none can be told apart.
        guard shownLines.count == lines.count else { return "" }
        let whole = shownLines[diagnostic.line - 1]
        let asWritten = zip(whole, lines[diagnostic.line - 1]).prefix { $0 == $1 }.count
        let isMasked = !whole.elementsEqual(lines[diagnostic.line - 1])
        let start = max(diagnostic.column - 1, 0)
        let first = max(start - Self.widest / 2, 0)
        let shown = whole.dropFirst(first).prefix(Self.widest)
        var line = String.UnicodeScalarView()
        var padding = String.UnicodeScalarView()
        var cells = 0
        for (index, scalar) in shown.enumerated() {
            // What a plan holds must not steer the terminal.
            let isTab = scalar == "\t"
            let isControl =
                scalar.value < 0x20 || (scalar.value >= 0x7F && scalar.value < 0xA0) || scalar.isDeceptive
            if isControl, !isTab, scalar == "\r", index == shown.count - 1 { continue }
            line.append(isControl && !isTab ? "?" : scalar)
            let width = isControl ? 1 : TerminalWidth.of(scalar)
            if index < start - first {
                // A tab under a tab ends in the same column.
                padding.append(contentsOf: isTab ? ["\t"] : [Unicode.Scalar](repeating: " ", count: width))
            } else if index - (start - first) < diagnostic.length {
                cells += width
            }
        }
        // Behind a mask places are others than in the text.
        if isMasked, start + diagnostic.length > asWritten { return "  \(String(line))\n" }
        let caret = "^" + String(repeating: "~", count: max(cells, 1) - 1)
        return "  \(String(line))\n  \(String(padding))\(styled(caret, "1;\(colour)"))\n"
    }
}
