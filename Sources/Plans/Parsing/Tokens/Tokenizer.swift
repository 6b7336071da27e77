/// Cuts a plan's cells into tokens; each character is looked at a small, fixed number of times.
struct Tokenizer {
    let cells: [SourceCell]
    var index = 0
    var diagnostics: DiagnosticList
    /// Once a bracket has no partner in the rest of the text, none of those that follow has.
    var bracketsAreUnbalanced = false

    init(_ cells: [SourceCell], diagnostics: DiagnosticList) {
        self.cells = cells
        self.diagnostics = diagnostics
    }

    func cell(_ position: Int) -> SourceCell? { position < cells.count ? cells[position] : nil }
    func scalar(_ position: Int) -> Unicode.Scalar? { position < cells.count ? cells[position].scalar : nil }

    /// Positions `start..<end` as a place; what spills over to a second line is left out.
    func range(_ start: Int, _ end: Int) -> SourceRange {
        guard let first = cell(start) ?? cells.last else { return SourceRange(line: 1, column: 1, length: 1) }
        if start >= cells.count {
            return SourceRange(line: Int(first.line), column: Int(first.column + first.width), length: 1)
        }
        var last = first
        var position = end - 1
        while position > start {
            if cells[position].line == first.line {
                last = cells[position]
                break
            }
            position -= 1
        }
        return SourceRange(
            line: Int(first.line), column: Int(first.column),
            length: max(Int(last.column + last.width - first.column), 1))
    }

    func skippingSeparators(_ position: Int) -> Int {
        var position = position
        while position < cells.count, cells[position].isSeparator { position += 1 }
        return position
    }

    /// The end of the word that `position` is in.
    func wordEnd(_ position: Int) -> Int {
        var position = position
        while position < cells.count, !cells[position].isSeparator { position += 1 }
        return position
    }

    func identifierEnd(_ position: Int) -> Int {
        guard let first = scalar(position), first.startsIdentifier else { return position }
        var position = position + 1
        while let next = scalar(position), next.continuesIdentifier { position += 1 }
        return position
    }

    /// A `!` that stands alone, or between words without blanks; shells want it escaped or quoted at times.
    func isLink(_ position: Int) -> Bool { scalar(position) == "!" }

    mutating func next() -> Token? {
        index = skippingSeparators(index)
        guard let first = scalar(index), !diagnostics.isFull else { return nil }
        switch first {
        case "!":
            index += 1
            return Token(kind: .link, range: range(index - 1, index))
        case "(", "{", ")", "}":
            return group(from: index, opener: index)
        case ".":
            let end = identifierEnd(index + 1)
            if end > index + 1 { return padReference(until: end) }
            return first == "." && scalar(index + 1) == "/" || scalar(index + 1) == "." ? address() : invalid()
        case "/", "~":
            return address()
        case "$" where scalar(index + 1) == "{":
            return misplacedParameter()
        default:
            return first.startsIdentifier ? identifier() : invalid()
        }
    }

    private mutating func identifier() -> Token {
        let start = index
        let end = identifierEnd(start)
        let name = cells[start..<end].text
        let afterBlanks = skippingSeparators(end)
        if scalar(afterBlanks) == "=", afterBlanks == end || cells[afterBlanks].quoting == .plain {
            return assignment(name, nameEnd: end, equals: afterBlanks)
        }
        switch scalar(end) {
        case ".":
            let opener = skippingSeparators(end + 1)
            if scalar(opener) == "(" { return group(from: start, opener: opener) }
            let padEnd = identifierEnd(end + 1)
            guard isWordBorder(padEnd) else { return invalid() }
            index = padEnd
            let pad = padEnd > end + 1 ? cells[(end + 1)..<padEnd].text : nil
            return Token(kind: .reference(name: name, pad: pad), range: range(start, padEnd))
        case "/":
            if name.hasSuffix(":"), scalar(end + 1) == "/" { return address() }
            return caps()
        default:
            guard isWordBorder(end) else { return invalid() }
            index = end
            if end - start > 128 {
                diagnostics.error(
                    .syntax, at: range(start, end), "expected an element, found a word of \(end - start) letters")
                return Token(kind: .refused(definedNames: []), range: range(start, end))
            }
            if name.unicodeScalars.allSatisfy(\.isASCIIDigit) {
                diagnostics.error(
                    .syntax, at: range(start, end), "expected an element, found the number '\(name)'",
                    hint: "a property is written name=\(name)")
                return Token(kind: .refusedAssignment, range: range(start, end))
            }
            return Token(kind: .word(name), range: range(start, end))
        }
    }

    /// Whether a word may end here: at a blank, a `!`, a bracket or the text's end.
    func isWordBorder(_ position: Int) -> Bool {
        guard let cell = cell(position) else { return true }
        if cell.isSeparator || cell.scalar == "!" { return true }
        return cell.quoting == .plain && (cell.scalar == ")" || cell.scalar == "}")
    }

    private mutating func padReference(until end: Int) -> Token {
        guard isWordBorder(end) else { return invalid() }
        let token = Token(kind: .pad(cells[(index + 1)..<end].text), range: range(index, end))
        index = end
        return token
    }

    /// Reports the word that starts at `index` and goes on after it.
    private mutating func invalid() -> Token {
        let start = index
        index = max(wordEnd(start), start + 1)
        let place = range(start, index)
        let word = Credentials.masked(cells[start..<min(index, start + 60)].text)
        switch cells[start].scalar {
        case ":" where index == start + 1:
            diagnostics.error(
                .unsupportedSyntax, at: place, "':' links are not supported", hint: "link with '!'")
            return Token(kind: .link, range: place)
        case "=":
            diagnostics.error(.syntax, at: place, "expected a property name before '='")
            return Token(kind: .refusedAssignment, range: place)
        case "@":
            diagnostics.error(.unsupportedSyntax, at: place, "presets ('\(word)') are not supported")
            return Token(kind: .refusedAssignment, range: place)
        default:
            let hint =
                cells[start..<index].contains { $0.isBlank }
                ? "the quotes hold more than one word" : "names hold letters, digits, '-' and '_'"
            diagnostics.error(.syntax, at: place, "expected an element, found '\(word)'", hint: hint)
            return Token(kind: .refused(definedNames: []), range: place)
        }
    }

    private mutating func misplacedParameter() -> Token {
        let start = index
        index = wordEnd(start)
        diagnostics.error(
            .parameterNotAllowedHere, at: range(start, index),
            "a parameter stands for a value, and an element is expected here",
            hint: "write it as a property's value: name=\(cells[start..<index].text)")
        return Token(kind: .refused(definedNames: []), range: range(start, index))
    }

    /// `name=value`, blanks around `=` allowed as in gst-launch.
    private mutating func assignment(_ name: String, nameEnd: Int, equals: Int) -> Token {
        let start = index
        let nameRange = range(start, nameEnd)
        let first = skippingSeparators(equals + 1)
        var end = wordEnd(first)
        if first == end || (isLink(first) && cells[first].quoting == .plain && end == first + 1) {
            index = first
            diagnostics.error(
                .syntax, at: range(start, equals + 1), "expected a value after '\(name)='",
                hint: "an empty value is written \(name)=\"\"")
            return Token(kind: .refusedAssignment, range: nameRange)
        }
        if isLink(end - 1), cells[end - 1].quoting == .plain {
            end -= 1
            diagnostics.error(
                .syntax, at: range(end, end + 1), "expected a blank before '!'",
                hint: "without it '!' belongs to the value of '\(name)'")
        } else if scalar(end - 1) == ",", cells[end - 1].quoting == .plain {
            diagnostics.error(
                .syntax, at: range(first, end), "the value of '\(name)' ends at the blank after ','",
                hint: "put quotes around it: \(name)=\"…\"")
        }
        index = end
        let valueRange = range(first, end)
        guard let value = value(first..<end, of: name) else {
            return Token(kind: .refusedAssignment, range: nameRange)
        }
        return Token(
            kind: .assignment(
                PropertyAssignment(name: name, value: value, nameRange: nameRange, valueRange: valueRange)),
            range: nameRange)
    }

    /// What the cells of a value mean; nil after a report.
    mutating func value(_ span: Range<Int>, of name: String) -> PropertyValue? {
        let text = literal(span)
        guard let dollar = parameterStart(in: span) else { return .literal(text) }
        var close = dollar + 2
        while close < span.upperBound, cells[close].scalar != "}" { close += 1 }
        guard close < span.upperBound else {
            diagnostics.error(
                .syntax, at: range(dollar, span.upperBound), "'${' is not closed",
                hint: "write ${name}, or \\${ for the characters themselves")
            return nil
        }
        let parameter = cells[(dollar + 2)..<close].text
        guard dollar == span.lowerBound, close + 1 == span.upperBound else {
            diagnostics.error(
                .parameterNotAllowedHere, at: range(dollar, close + 1),
                "a parameter stands for a whole value, not for a part of one",
                hint: "declare a parameter that holds all of '\(name)'")
            return nil
        }
        guard PlanName.isValid(parameter) else {
            diagnostics.error(
                .invalidName, at: range(dollar + 2, max(close, dollar + 3)), "'\(parameter)' cannot name a parameter",
                hint: PlanName.rule)
            return nil
        }
        return .parameter(parameter)
    }

    /// Text of a value. From a terminal, `'"a b"'` loses both pairs of quotes: one to the shell, one to gst-launch.
    private func literal(_ span: Range<Int>) -> String {
        let text = cells[span].text
        guard
            span.count > 2, cells[span.lowerBound].opensQuote, cells[span.upperBound - 1].closesQuote,
            cells[span.lowerBound].scalar == "\"", cells[span.upperBound - 1].scalar == "\"",
            cells[span.lowerBound].width == 2,
            !cells[(span.lowerBound + 1)..<(span.upperBound - 1)].contains(where: { $0.scalar == "\"" })
        else { return text }
        return String(text.unicodeScalars.dropFirst().dropLast())
    }

    /// Where `${` stands, unless one of the two was escaped.
    private func parameterStart(in span: Range<Int>) -> Int? {
        for position in span where cells[position].scalar == "$" && !cells[position].isEscaped {
            let next = position + 1
            if next < span.upperBound, cells[next].scalar == "{", !cells[next].isEscaped { return position }
        }
        return nil
    }
}
