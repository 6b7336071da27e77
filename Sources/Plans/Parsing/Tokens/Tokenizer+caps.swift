extension Tokenizer {
    /// A caps filter: structures separated by `;`. It ends where its grammar ends, so that a chain may end in one.
    mutating func caps() -> Token {
        let start = index
        var structures: [CapsStructure] = []
        var isSound = true
        while true {
            guard let structure = capsStructure() else {
                isSound = false
                break
            }
            structures.append(structure)
            guard let semicolon = skippingBlanks(before: ";") else { break }
            index = semicolon + 1
            // A `;` may end the last structure as well.
            guard let next = firstNonBlank(index), cells[next].scalar.startsIdentifier else { break }
            index = next
        }
        if isSound, !isCapsBorder(index) {
            let end = wordEnd(index)
            diagnostics.error(
                .invalidCaps, at: range(index, max(end, index + 1)),
                "expected ',' or '!' in the caps filter, found '\(cells[index..<end].text)'")
            isSound = false
        }
        if !isSound {
            skipToLinkOrLine()
            return Token(kind: .refused(definedNames: []), range: range(start, start + 1))
        }
        return Token(kind: .caps(structures), range: range(start, index))
    }

    private func isCapsBorder(_ position: Int) -> Bool { isWordBorder(position) || cells[position].isBlank }

    private func firstNonBlank(_ position: Int) -> Int? {
        var position = position
        while position < cells.count, cells[position].isBlank { position += 1 }
        return position < cells.count ? position : nil
    }

    /// Where `wanted` stands, when only blanks come before it.
    private func skippingBlanks(before wanted: Unicode.Scalar) -> Int? {
        guard let position = firstNonBlank(index), cells[position].scalar == wanted else { return nil }
        return position
    }

    /// After a broken caps filter the next link, or else the next line, is where sense begins again.
    private mutating func skipToLinkOrLine() {
        guard let line = cell(index)?.line ?? cells.last?.line else { return }
        while let cell = cell(index), cell.line == line, cell.scalar != "!" { index += 1 }
    }

    private mutating func capsError(_ message: String, hint: String? = nil) {
        let end = max(min(wordEnd(index), index + 40), index + 1)
        diagnostics.error(.invalidCaps, at: range(index, end), message, hint: hint)
    }

    /// Passes over the characters of `allowed`; their text.
    private mutating func take(_ allowed: (Unicode.Scalar) -> Bool) -> String {
        let start = index
        while let scalar = scalar(index), !cells[index].isSeparator, allowed(scalar) { index += 1 }
        return cells[start..<index].text
    }

    private mutating func skipBlanks() { index = firstNonBlank(index) ?? cells.count }

    private mutating func capsStructure() -> CapsStructure? {
        let start = index
        let kind = take { $0.isASCIIAlphanumeric || $0 == "-" || $0 == "_" }
        guard scalar(index) == "/", !kind.isEmpty else {
            capsError("expected a media type such as video/x-raw")
            return nil
        }
        index += 1
        let subtype = take { $0.isASCIIAlphanumeric || "-_.+".unicodeScalars.contains($0) }
        guard !subtype.isEmpty else {
            capsError("expected a media type such as video/x-raw")
            return nil
        }
        let end = index
        var structure = CapsStructure(mediaType: "\(kind)/\(subtype)", range: range(start, end))
        if let opener = skippingBlanks(before: "("), opener == index || cells[index].isBlank {
            index = opener + 1
            guard let features = capsFeatures() else { return nil }
            structure.features = features
        }
        while let comma = skippingBlanks(before: ",") {
            index = comma + 1
            skipBlanks()
            guard let field = capsField() else { return nil }
            if structure.fields.contains(where: { $0.name == field.name }) {
                diagnostics.error(
                    .invalidCaps, at: field.nameRange, "'\(field.name)' stands twice in one structure")
            }
            if structure.fields.count >= 64 {
                diagnostics.error(.limitExceeded, at: field.nameRange, "a caps structure has at most 64 fields")
                return nil
            }
            structure.fields.append(field)
        }
        return structure
    }

    private mutating func capsFeatures() -> [String]? {
        var features: [String] = []
        while true {
            skipBlanks()
            let feature = take { $0.isASCIIAlphanumeric || "-_.:/".unicodeScalars.contains($0) }
            guard !feature.isEmpty else {
                capsError("expected a feature such as memory:SystemMemory")
                return nil
            }
            features.append(feature)
            skipBlanks()
            switch scalar(index) {
            case ",": index += 1
            case ")":
                index += 1
                return features
            default:
                capsError("expected ')' after the features")
                return nil
            }
        }
    }

    private mutating func capsField() -> PropertyAssignment? {
        let start = index
        let name = take { $0.isASCIIAlphanumeric || "-_.+:".unicodeScalars.contains($0) }
        guard !name.isEmpty else {
            capsError("expected a field such as width=640 after ','")
            return nil
        }
        let nameRange = range(start, index)
        guard let equals = skippingBlanks(before: "=") else {
            diagnostics.error(.invalidCaps, at: nameRange, "expected '=' after '\(name)'")
            return nil
        }
        index = equals + 1
        skipBlanks()
        let valueStart = index
        if scalar(index) == "$", scalar(index + 1) == "{", !cells[index].isEscaped {
            return parameterField(name, nameRange: nameRange)
        }
        guard let text = capsValue(depth: 0) else { return nil }
        return PropertyAssignment(
            name: name, value: .literal(text), nameRange: nameRange, valueRange: range(valueStart, index))
    }

    private mutating func parameterField(_ name: String, nameRange: SourceRange) -> PropertyAssignment? {
        let start = index
        while let cell = cell(index), !cell.isSeparator, cell.scalar != ",", cell.scalar != ";", cell.scalar != "!" {
            index += 1
        }
        let valueRange = range(start, index)
        guard let value = value(start..<index, of: name) else { return nil }
        guard CapsParameterField(rawValue: name) != nil else {
            diagnostics.error(
                .parameterNotAllowedHere, at: valueRange, "a parameter cannot stand for '\(name)' in a caps filter",
                hint: "it can for width, height, framerate and format")
            return PropertyAssignment(name: name, value: .literal(""), nameRange: nameRange, valueRange: valueRange)
        }
        return PropertyAssignment(name: name, value: value, nameRange: nameRange, valueRange: valueRange)
    }

    /// One value in GStreamer's notation, without its blanks: `(int)640`, `[1,100]`, `{I420,NV12}`, `30/1`.
    private mutating func capsValue(depth: Int) -> String? {
        guard depth < 8 else {
            diagnostics.error(.invalidCaps, at: range(index, index + 1), "lists are nested too deep")
            return nil
        }
        var text = ""
        if scalar(index) == "(" {
            index += 1
            let type = take { $0.isASCIIAlphanumeric || "-_:".unicodeScalars.contains($0) }
            skipBlanks()
            guard scalar(index) == ")", !type.isEmpty else {
                capsError("expected a type in brackets, such as (int)")
                return nil
            }
            index += 1
            skipBlanks()
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
        let word = take { $0.isASCIIAlphanumeric || "-_+/:.%*@~".unicodeScalars.contains($0) }
        guard !word.isEmpty else {
            capsError("expected a value")
            return nil
        }
        return text + word
    }

    /// What stands between brackets, separated by commas.
    private mutating func sequence(closing: Unicode.Scalar, depth: Int) -> String? {
        let opener = index
        index += 1
        var parts: [String] = []
        while true {
            skipBlanks()
            guard let value = capsValue(depth: depth + 1) else { return nil }
            parts.append(value)
            skipBlanks()
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
            capsError("the string in the caps filter is not closed")
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
