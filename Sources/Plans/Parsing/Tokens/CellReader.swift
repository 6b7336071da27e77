/// Resolves comments, quotes, backslashes and line ends, so that the tokenizer sees plain characters.
///
/// A plan may come from a terminal, where the shell takes one level of quotes away and gst-launch another, or from a
/// file. One rule serves both: quotes may stand anywhere in a word and vanish, a backslash takes the next character
/// literally, in quotes and out of them. Reads every character once.
struct CellReader {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var line: Int32
    private var column: Int32 = 1
    private var saidControl = false
    private var saidTypographic = false
    private(set) var cells: [SourceCell] = []
    private(set) var diagnostics: DiagnosticList

    init(_ scalars: [Unicode.Scalar], firstLine: Int, diagnostics: DiagnosticList) {
        self.scalars = scalars
        self.line = Int32(clamping: firstLine)
        self.diagnostics = diagnostics
        cells.reserveCapacity(scalars.count)
    }

    /// - Parameter readsAll: goes on to the end of the text, however much is wrong with it.
    mutating func read(readsAll: Bool = false) {
        while let scalar = peek(), readsAll || !diagnostics.isFull {
            switch scalar {
            case "\n", " ", "\t", "\r", "\u{0B}", "\u{0C}", "\u{A0}", "\u{FEFF}", "\u{200B}": separate()
            case "#" where cells.last?.isSeparator ?? true: skipComment()
            case "\\": readEscape()
            case "\"", "'": readQuote(scalar)
            default: readPlain(scalar)
            }
        }
    }

    private func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        let position = index + distance
        return position < scalars.count ? scalars[position] : nil
    }

    private mutating func advance() {
        if index < scalars.count, scalars[index] == "\n" {
            line += 1
            column = 1
        } else {
            column += 1
        }
        index += 1
    }

    /// White space of any kind becomes one kind: text copied from web pages holds no-break spaces.
    private mutating func separate() {
        cells.append(SourceCell(scalar: " ", quoting: .plain, line: line, column: column, width: 1))
        advance()
    }

    private mutating func skipComment() {
        while let scalar = peek(), scalar != "\n" { advance() }
    }

    private mutating func readPlain(_ scalar: Unicode.Scalar) {
        // Nearly all of them, with nothing to be said about them.
        if 0x21...0x7E ~= scalar.value {
            cells.append(SourceCell(scalar: scalar, quoting: .plain, line: line, column: column, width: 1))
            return advance()
        }
        let range = SourceRange(line: Int(line), column: Int(column), length: 1)
        if scalar.value < 0x20 || scalar.value == 0x7F || scalar == SourceCell.empty {
            if !saidControl {
                let hex = String(scalar.value, radix: 16, uppercase: true)
                diagnostics.error(.syntax, at: range, "a plan is text, and this is the control character U+\(hex)")
            }
            saidControl = true
            separate()
            return
        }
        if !saidTypographic, "\u{201C}\u{201D}\u{2018}\u{2019}\u{AB}\u{BB}".unicodeScalars.contains(scalar) {
            saidTypographic = true
            diagnostics.error(
                .syntax, at: range, "typographic quotation mark '\(scalar)' instead of a plain one",
                hint: "use \" or '")
        }
        cells.append(SourceCell(scalar: scalar, quoting: .plain, line: line, column: column, width: 1))
        advance()
    }

    /// The number of characters from a backslash through the end of its line, when only blanks stand between.
    private func continuationLength() -> Int? {
        var distance = 1
        while let scalar = peek(distance) {
            if scalar == "\n" { return distance + 1 }
            guard scalar == " " || scalar == "\t" || scalar == "\r" else { return nil }
            distance += 1
        }
        return distance
    }

    private mutating func readEscape() {
        if let length = continuationLength() {
            separate()
            for _ in 1..<max(length, 1) { advance() }
            return
        }
        let start = column
        advance()
        guard let scalar = peek() else { return }
        cells.append(
            SourceCell(scalar: scalar, quoting: .escaped, isEscaped: true, line: line, column: start, width: 2))
        advance()
    }

    /// Whether a quote that opens here is closed before its line ends; a backslash at the line's end goes on.
    private func isClosed(_ quote: Unicode.Scalar) -> Bool {
        var position = index + 1
        while position < scalars.count {
            let scalar = scalars[position]
            if scalar == quote { return true }
            if scalar == "\n" { return false }
            position += scalar == "\\" ? 2 : 1
        }
        return false
    }

    /// After a quote that is never closed the next link, or else the next line, is where sense begins again.
    private mutating func readUnclosed() {
        while let scalar = peek(), scalar != "\n" {
            let isLink = peek(1) == "!" && (peek(2).map { $0.isPlanWhitespace } ?? true)
            if scalar.isPlanWhitespace, isLink { return }
            cells.append(SourceCell(scalar: scalar, quoting: .quoted, line: line, column: column, width: 1))
            advance()
        }
    }

    private mutating func readQuote(_ quote: Unicode.Scalar) {
        let (openLine, openColumn) = (line, column)
        guard isClosed(quote) else {
            diagnostics.error(
                .unterminatedString, at: SourceRange(line: Int(line), column: Int(column), length: 1),
                "the quote \(quote) is not closed on its line",
                hint: "close it, or write \\\(quote) for the character itself")
            readUnclosed()
            return
        }
        advance()
        let first = cells.count
        while let scalar = peek(), scalar != quote {
            let start = column
            var value = scalar
            if scalar == "\\" {
                advance()
                guard let next = peek() else { break }
                if next == "\n" || next == "\r" {
                    if next == "\r" { advance() }
                    advance()
                    continue
                }
                value = next
            }
            let startLine = line
            advance()
            if value.value == 0 { value = SourceCell.empty }
            cells.append(
                SourceCell(
                    scalar: value, quoting: .quoted, isEscaped: scalar == "\\", line: startLine, column: start,
                    width: max(column - start, 1)))
        }
        advance()
        if cells.count == first {
            cells.append(
                SourceCell(
                    scalar: SourceCell.empty, quoting: .quoted, line: openLine, column: openColumn,
                    width: max(column - openColumn, 1)))
        } else {
            cells[first].width += max(cells[first].column - openColumn, 0)
            cells[first].line = openLine
            cells[first].column = openColumn
            cells[cells.count - 1].width += 1
        }
        cells[first].opensQuote = true
        cells[cells.count - 1].closesQuote = true
    }
}
