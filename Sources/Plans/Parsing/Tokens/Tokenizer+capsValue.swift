extension Tokenizer {
    /// One value in GStreamer's notation, without its blanks: `(int)640`, `[1,100]`, `{I420,NV12}`, `30/1`.
    mutating func capsValue(depth: Int) -> String? {
        guard depth < 8 else {
            diagnostics.error(.invalidCaps, at: range(index, index + 1), "lists are nested too deep")
            return nil
        }
        var text = ""
        if scalar(index) == "(" {
            index += 1
            let type = run { $0.isASCIIAlphanumeric || "-_:".unicodeScalars.contains($0) }
            passBlanks()
            guard scalar(index) == ")", !type.isEmpty else {
                valueError("expected a type in brackets, such as (int)")
                return nil
            }
            index += 1
            passBlanks()
            text = "(\(type))"
        }
        switch scalar(index) {
        case "[": return sequence(closing: "]", depth: depth).map { text + "[" + $0 + "]" }
        case "{": return sequence(closing: "}", depth: depth).map { text + "{" + $0 + "}" }
        case "<": return sequence(closing: ">", depth: depth).map { text + "<" + $0 + ">" }
        case "\"": return quotedText(from: index + 1).map { text + $0 }
        case "$" where scalar(index + 1) == "{":
            diagnostics.error(
                .parameterNotAllowedHere, at: range(index, wordEnd(index)),
                "a parameter stands for a whole value, not for a part of one",
                hint: "write width=${name}, without type, list or range")
            return nil
        default: break
        }
        if let cell = cell(index), cell.opensQuote, !cell.scalar.startsIdentifier || depth == 0,
            let string = quotedRun()
        {
            return text + string
        }
        let word = run { $0.isASCIIAlphanumeric || "-_+/:.%*@~".unicodeScalars.contains($0) }
        guard !word.isEmpty else {
            valueError("expected a value")
            return nil
        }
        return text + word
    }

    private mutating func run(_ allowed: (Unicode.Scalar) -> Bool) -> String {
        let start = index
        while let scalar = scalar(index), !cells[index].isSeparator, allowed(scalar) { index += 1 }
        return cells[start..<index].text
    }

    private mutating func passBlanks() {
        while let cell = cell(index), cell.isBlank { index += 1 }
    }

    private mutating func valueError(_ message: String) {
        diagnostics.error(
            .invalidCaps, at: range(index, max(min(wordEnd(index), index + 40), index + 1)), message)
    }

    /// What stands between brackets, separated by commas.
    private mutating func sequence(closing: Unicode.Scalar, depth: Int) -> String? {
        let opener = index
        index += 1
        var parts: [String] = []
        while true {
            passBlanks()
            guard let value = capsValue(depth: depth + 1) else { return nil }
            parts.append(value)
            passBlanks()
            switch scalar(index) {
            case ",": index += 1
            case closing:
                index += 1
                if closing == "]", !(2...3).contains(parts.count) {
                    diagnostics.error(
                        .invalidCaps, at: range(opener, index), "a range is written [minimum,maximum]")
                    return nil
                }
                return parts.joined(separator: ",")
            default:
                diagnostics.error(
                    .invalidCaps, at: range(opener, index), "expected ',' or '\(closing)' in the caps filter")
                return nil
            }
        }
    }

    /// A string in double quotes that were themselves inside quotes.
    private mutating func quotedText(from start: Int) -> String? {
        var end = start
        while let scalar = scalar(end), scalar != "\"" { end += 1 }
        guard end < cells.count, cells[end].line == cells[start - 1].line else {
            valueError("the string in the caps filter is not closed")
            return nil
        }
        index = end + 1
        return CapsQuoting.string(cells[start..<end].text)
    }

    /// A value in quotes of its own, `format="I420"`; nil when it is not a plain string, but a list or a range.
    private mutating func quotedRun() -> String? {
        guard let first = cell(index), !"([{<\"".unicodeScalars.contains(first.scalar) else { return nil }
        var end = index
        while let cell = cell(end), cell.quoting == .quoted {
            end += 1
            if cell.closesQuote { break }
        }
        let text = cells[index..<end].text
        index = end
        return CapsQuoting.string(text)
    }
}
