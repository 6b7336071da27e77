/// The credentials that a plan's text holds in properties, found where they stand.
///
/// The text need not be a plan: what stands in brackets, in comments' neighbourhood or behind an error is found as well,
/// and in every spelling that the parser takes: quotes and backslashes anywhere, blanks around `=`, `_` for `-`, a child
/// before the property.
struct PlanTextCredentials {
    /// Not to be shown: places in the text's scalars, in order, none of which overlap, and what stands there instead.
    private var places: [(range: Range<Int>, replacement: String)] = []
    /// Passwords, as they are meant and as they are written.
    private(set) var secrets: [String] = []
    /// Parameters that stand for a password.
    private(set) var parameters: Set<String> = []

    private let scalars: [Unicode.Scalar]
    private let cells: [SourceCell]
    /// Where each line starts.
    private let lines: [Int]

    /// Time is linear in the length of the text.
    init(_ text: String) {
        let scalars = Array(text.unicodeScalars)
        var reader = CellReader(scalars, firstLine: 1, diagnostics: DiagnosticList())
        reader.read(readsAll: true)
        cells = reader.cells
        lines = [0] + scalars.indices.filter { scalars[$0] == "\n" }.map { $0 + 1 }
        self.scalars = scalars
        find()
    }

    /// The text without them.
    func masked() -> String {
        var result = String.UnicodeScalarView()
        var position = 0
        for place in places {
            result.append(contentsOf: scalars[position..<place.range.lowerBound])
            result.append(contentsOf: place.replacement.unicodeScalars)
            position = place.range.upperBound
        }
        result.append(contentsOf: scalars[position...])
        return String(result)
    }

    private mutating func find() {
        var index = 0
        while index < cells.count {
            guard cells[index].scalar.startsIdentifier, startsWord(index) else {
                index += 1
                continue
            }
            let start = index
            while index < cells.count, cells[index].scalar.continuesIdentifier { index += 1 }
            guard let value = value(behind: index, isField: isField(start)) else {
                continue
            }
            let name = PropertyName(cells[start..<index].text)
            if name.holdsCredential {
                take(value, isPassword: name.holdsPassword)
                index = value.upperBound
            } else if name.namesSomethingOutside {
                let address = Array(cells[value].lazy.map(\.scalar))
                for userinfo in AddressCredentials.userinfos(inAddress: address) {
                    let cells = (value.lowerBound + userinfo.lowerBound)..<(value.lowerBound + userinfo.upperBound)
                    take(cells, isPassword: true)
                    let colon = self.cells[cells].firstIndex { $0.scalar == ":" }
                    if let colon { secrets.append(self.cells[(colon + 1)..<cells.upperBound].text) }
                }
                index = value.upperBound
            }
        }
    }

    /// At the text's start, behind a blank, a link, a bracket or a comma of caps.
    private func startsWord(_ index: Int) -> Bool {
        guard index > 0 else { return true }
        let before = cells[index - 1]
        return before.isSeparator || "!({,;".unicodeScalars.contains(before.scalar)
    }

    /// The cells of the value that an assignment has whose name ends before `end`; nil where there is none.
    private func value(behind end: Int, isField: Bool) -> Range<Int>? {
        let equals = skippingSeparators(end)
        guard equals < cells.count, cells[equals].scalar == "=", equals == end || cells[equals].quoting == .plain else {
            return nil
        }
        let start = skippingType(skippingSeparators(equals + 1))
        var position = start
        while position < cells.count, !cells[position].isSeparator {
            // A field of caps ends before the next one.
            if isField, cells[position].quoting == .plain, ",;".unicodeScalars.contains(cells[position].scalar) {
                break
            }
            position += 1
        }
        return position > start ? start..<position : nil
    }

    /// A field of caps stands behind a comma, and perhaps blanks.
    private func isField(_ start: Int) -> Bool {
        cells[..<start].last { !$0.isSeparator }?.scalar == ","
    }

    /// Behind the type that a value may have in caps, `(buffer) 00ff`, and the blanks behind that.
    private func skippingType(_ start: Int) -> Int {
        guard start < cells.count, cells[start].scalar == "(", cells[start].quoting == .plain else { return start }
        var end = start + 1
        while end < cells.count, cells[end].scalar.continuesIdentifier { end += 1 }
        guard end < cells.count, cells[end].scalar == ")", Self.types.contains(cells[(start + 1)..<end].text) else {
            return start
        }
        let value = skippingSeparators(end + 1)
        return value < cells.count ? value : start
    }

    private static let types: Set<String> = ["buffer", "string", "str", "s"]

    private func skippingSeparators(_ position: Int) -> Int {
        var position = position
        while position < cells.count, cells[position].isSeparator { position += 1 }
        return position
    }

    private mutating func take(_ span: Range<Int>, isPassword: Bool) {
        let text = cells[span].text
        // A parameter is a name; what it stands for is looked for where it is declared.
        if text.hasPrefix("${"), text.hasSuffix("}"), !cells[span.lowerBound].isEscaped {
            if isPassword { parameters.insert(String(text.dropFirst(2).dropLast())) }
            return
        }
        guard let place = place(of: span) else { return }
        places.append((place, replacement(of: span)))
        guard isPassword else { return }
        var written = String.UnicodeScalarView()
        written.append(contentsOf: scalars[place])
        secrets += [text, String(written)]
        // From a terminal, `'"a b"'` loses both pairs of quotes.
        if text.count > 2, text.hasPrefix("\""), text.hasSuffix("\"") {
            secrets.append(String(text.dropFirst().dropLast()))
        }
    }

    /// A mask, with the quote that has its other half outside: the text that is shown stays a plan.
    private func replacement(of span: Range<Int>) -> String {
        var opening: Int?
        var closing: Int?
        for index in span {
            if cells[index].opensQuote { opening = index }
            guard cells[index].closesQuote else { continue }
            if opening == nil { closing = index }
            opening = nil
        }
        let before = opening.map { String(scalars[start(of: cells[$0])]) } ?? ""
        let after = closing.map { String(scalars[end(of: cells[$0]) - 1]) } ?? ""
        return before + Redaction.mask + after
    }

    private func place(of span: Range<Int>) -> Range<Int>? {
        let (start, end) = (start(of: cells[span.lowerBound]), end(of: cells[span.upperBound - 1]))
        return start < end ? start..<end : nil
    }

    private func start(of cell: SourceCell) -> Int {
        min(lines[Int(cell.line) - 1] + Int(cell.column) - 1, scalars.count - 1)
    }

    private func end(of cell: SourceCell) -> Int {
        min(max(start(of: cell) + Int(cell.width), 1), scalars.count)
    }
}
