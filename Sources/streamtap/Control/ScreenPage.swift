/// Lines for a screen, in tones.
struct ScreenPage: Sendable {
    /// What a line is like.
    enum Tone: Sendable {
        case plain, title, good, doubtful, bad, faint

        /// Of an instance in this state.
        init(state: String) {
            switch state {
            case "running": self = .good
            case "starting", "stalled", "retrying": self = .doubtful
            case "failed": self = .bad
            default: self = .faint
            }
        }

        /// ECMA-48, 8.3.117 (SGR).
        fileprivate var code: String? {
            switch self {
            case .plain: nil
            case .title: "1"
            case .good: "32"
            case .doubtful: "33"
            case .bad: "31"
            case .faint: "2"
            }
        }
    }

    private let columns: Int
    private var lines: [(text: String, tone: Tone)] = []

    /// - Parameter columns: of the screen.
    init(columns: Int) {
        self.columns = columns
    }

    /// - Parameter text: without anything that a terminal would obey.
    mutating func add(_ text: String, _ tone: Tone) {
        lines.append((TerminalText.cut(text, to: columns), tone))
    }

    /// What makes a screen of so many rows show it, in the place of whatever it showed.
    func drawing(rows: Int, inColour: Bool) -> String {
        let hidden = lines.count - rows
        var shown = lines.prefix(hidden > 0 ? max(0, rows - 1) : rows).map { line in
            guard inColour, let code = line.tone.code else { return line.text }
            return "\u{1B}[\(code)m\(line.text)\u{1B}[0m"
        }
        if hidden > 0 { shown.append(TerminalText.cut("… \(hidden + 1) more", to: columns)) }
        // Each line ends by clearing what stood behind it, and the last one everything below: nothing flickers.
        return "\u{1B}[H" + shown.map { "\($0)\u{1B}[K" }.joined(separator: "\n") + "\u{1B}[J"
    }
}
