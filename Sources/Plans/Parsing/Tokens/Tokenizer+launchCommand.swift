extension Tokenizer {
    /// Passes over what a line pasted from a terminal begins with: `$ GST_DEBUG=2 gst-launch-1.0 -v -e`.
    mutating func skipLaunchCommand() {
        var position = skippingSeparators(0)
        if word(at: position) == "$" { position = skippingSeparators(wordEnd(position)) }
        while let word = word(at: position), isEnvironment(word) {
            position = skippingSeparators(wordEnd(position))
        }
        guard let command = word(at: position),
            command == "gst-launch-1.0" || command == "gst-launch" || command.hasSuffix("/gst-launch-1.0")
        else { return }
        position = skippingSeparators(wordEnd(position))
        while let option = word(at: position), option.hasPrefix("-") {
            position = skippingSeparators(wordEnd(position))
            if option == "-o" || option == "-X" { position = skippingSeparators(wordEnd(position)) }
        }
        index = position
    }

    /// The word at `position` when it is short enough to matter.
    private func word(at position: Int) -> String? {
        guard position < cells.count else { return nil }
        var end = position
        while end < cells.count, !cells[end].isSeparator, end - position < 256 { end += 1 }
        return cells[position..<end].text
    }

    private func isEnvironment(_ word: String) -> Bool {
        guard let equals = word.unicodeScalars.firstIndex(of: "=") else { return false }
        let name = word.unicodeScalars[..<equals]
        return !name.isEmpty
            && name.allSatisfy { ($0.value >= 0x41 && $0.value <= 0x5A) || $0 == "_" || $0.isASCIIDigit }
    }
}
