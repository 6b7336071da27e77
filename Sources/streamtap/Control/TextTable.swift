/// Columns of words.
struct TextTable {
    private let rows: [[String]]

    /// - Parameters:
    ///   - titles: of the columns.
    ///   - rows: of as many cells. What a terminal would obey is taken out of them.
    init(_ titles: [String], _ rows: [[String]]) {
        self.rows = [titles] + rows.map { $0.map(TerminalText.safe) }
    }

    /// The lines without their ends, the titles first. The last column is as wide as it likes.
    var lines: [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? TerminalText.width($0[column]) : 0 }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.enumerated().map { place, cell in
                place == row.count - 1
                    ? cell : cell + String(repeating: " ", count: max(0, widths[place] - TerminalText.width(cell)))
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// All of it.
    var text: String { lines.map { $0 + "\n" }.joined() }
}
