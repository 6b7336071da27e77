extension Tokenizer {
    /// `name=value`, blanks around `=` allowed as in gst-launch.
    mutating func assignment(_ name: String, nameEnd: Int, equals: Int) -> Token {
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

    /// Where `${` stands, unless its `$` was escaped.
    private func parameterStart(in span: Range<Int>) -> Int? {
        for position in span where cells[position].scalar == "$" && cells[position].quoting != .escaped {
            if position + 1 < span.upperBound, cells[position + 1].scalar == "{",
                cells[position].width == 1 || cells[position].opensQuote
            {
                return position
            }
        }
        return nil
    }
}
