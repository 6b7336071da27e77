extension Tokenizer {
    /// `bin.( … )`, `( … )`, `{ … }` and brackets without a partner: reported once and passed over whole.
    mutating func group(from start: Int, opener: Int) -> Token {
        let place = range(start, opener + 1)
        let bracket = cells[opener].scalar
        if bracket == ")" || bracket == "}" {
            index = opener + 1
            if !bracketsAreUnbalanced {
                diagnostics.error(.syntax, at: place, "'\(bracket)' closes nothing")
            }
            bracketsAreUnbalanced = true
            return Token(kind: .refusedAssignment, range: place)
        }
        let close = bracketsAreUnbalanced ? nil : partner(of: opener)
        if !bracketsAreUnbalanced {
            diagnostics.error(
                .unsupportedSyntax, at: place, "bins in brackets are not supported",
                hint: "write the elements without '\(cells[start..<(opener + 1)].text)' and its closing bracket")
        }
        guard let close else {
            bracketsAreUnbalanced = true
            index = opener + 1
            return Token(kind: .refused(definedNames: []), range: place)
        }
        index = close + 1
        return Token(kind: .refused(definedNames: names(in: opener..<close)), range: place)
    }

    private func partner(of opener: Int) -> Int? {
        var depth = 0
        for position in opener..<cells.count where cells[position].quoting != .quoted {
            switch cells[position].scalar {
            case "(", "{": depth += 1
            case ")", "}":
                depth -= 1
                if depth == 0 { return position }
            default: break
            }
        }
        return nil
    }

    /// Names that the passed-over text defines, so that references to them are not reported as well.
    private func names(in span: Range<Int>) -> [String] {
        var names: [String] = []
        for start in span
        where start == 0 || cells[start - 1].isSeparator || "({!".unicodeScalars.contains(cells[start - 1].scalar) {
            let end = start + 4
            guard end < span.upperBound, cells[start..<end].text == "name" else { continue }
            let equals = skippingSeparators(end)
            guard equals < span.upperBound, cells[equals].scalar == "=" else { continue }
            let first = skippingSeparators(equals + 1)
            let last = min(identifierEnd(first), span.upperBound)
            if first < last { names.append(cells[first..<last].text) }
        }
        return names
    }

    /// A URI or a path where an element is expected: gst-launch picks an element for it, a plan names it.
    mutating func address() -> Token {
        let start = index
        index = wordEnd(start)
        let text = cells[start..<index].text
        let place = range(start, index)
        let isTarget = previousToken(before: start) == "!"
        let next = skippingSeparators(index)
        let isSource = !isTarget || isLink(next)
        diagnostics.error(
            .unsupportedSyntax, at: place, "expected an element, found the address '\(Credentials.masked(text))'",
            hint: Self.elementHint(for: text, isSource: isSource))
        return Token(kind: .refused(definedNames: []), range: place)
    }

    private func previousToken(before position: Int) -> Unicode.Scalar? {
        var position = position - 1
        while position >= 0 {
            if !cells[position].isSeparator { return cells[position].scalar }
            position -= 1
        }
        return nil
    }

    private static func elementHint(for address: String, isSource: Bool) -> String {
        let shown = Credentials.masked(address)
        func path(after prefix: String) -> String { String(shown.dropFirst(prefix.count)) }
        if isSource, shown.hasPrefix("/dev/video") || shown.hasPrefix("/dev/v4l/") {
            return "write v4l2src device=\(shown)"
        }
        guard let colon = address.firstRange(of: "://") else {
            return isSource ? "write filesrc location=\(shown)" : "write filesink location=\(shown)"
        }
        let scheme = address[..<colon.lowerBound].lowercased()
        switch (scheme, isSource) {
        case ("file", true): return "write filesrc location=\(path(after: "file://"))"
        case ("file", false): return "write filesink location=\(path(after: "file://"))"
        case ("rtsp", true), ("rtsps", true), ("rtspt", true), ("rtspu", true):
            return "write rtspsrc location=\(shown)"
        case ("rtsp", false), ("rtsps", false): return "write rtspclientsink location=\(shown)"
        case ("http", true), ("https", true): return "write souphttpsrc location=\(shown)"
        case ("udp", true): return "write udpsrc uri=\(shown)"
        case ("udp", false): return "write udpsink host=… port=…"
        case ("rtmp", true), ("rtmps", true): return "write rtmp2src location=\(shown)"
        case ("rtmp", false), ("rtmps", false): return "write rtmp2sink location=\(shown)"
        case ("srt", true): return "write srtsrc uri=\(shown)"
        case ("srt", false): return "write srtsink uri=\(shown)"
        case ("v4l2", true): return "write v4l2src device=\(path(after: "v4l2://"))"
        case ("test", _): return "write videotestsrc"
        case (_, true): return "write uridecodebin uri=\(shown)"
        case (_, false): return "name the sink element, then location=…"
        }
    }
}
