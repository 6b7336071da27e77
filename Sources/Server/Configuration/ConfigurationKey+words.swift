import Plans

/// Values as flags and variables give them: words.
extension ConfigurationKey {
    /// Why a text cannot be this key's value, in a sentence with what to write instead.
    struct Refusal: Error {
        var message: String
        var hint: String?

        init(_ message: String, hint: String? = nil) {
            self.message = message
            self.hint = hint
        }
    }

    /// - Parameter words: one, but for a list.
    func read(_ words: [String]) throws(Refusal) -> ConfigurationValue {
        if case .list(let format) = kind {
            for word in words { try check(word, format) }
            return .list(words)
        }
        guard let word = words.last else { throw Refusal("has no value") }
        switch kind {
        case .boolean:
            switch word.lowercased() {
            case "true", "yes", "on", "1": return .boolean(true)
            case "false", "no", "off", "0": return .boolean(false)
            default: throw Refusal("\(shown(word)) is neither on nor off")
            }
        case .integer(let range): return .integer(try integer(word, in: range))
        default: return try text(word)
        }
    }

    /// A value of `text`, `path` or `choice`.
    func text(_ word: String) throws(Refusal) -> ConfigurationValue {
        switch kind {
        case .text(let format): try check(word, format)
        case .choice(let choices):
            guard choices.contains(word) else {
                throw Refusal(
                    "\(shown(word)) is none of \(choices.joined(separator: ", "))",
                    hint: NearestName.hint(for: word, in: choices)
                        ?? choices.first { !word.isEmpty && $0.hasPrefix(word) }.map { "write \($0)" })
            }
        default: try check(word, nil)
        }
        return .text(word)
    }

    /// Decimal digits alone: `010` is eight to some who read YAML, and `1_000` a thousand.
    func integer(_ word: String, in range: ClosedRange<Int>) throws(Refusal) -> Int {
        let digits = word.hasPrefix("-") ? word.dropFirst() : word[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            throw Refusal("\(shown(word)) is no whole number")
        }
        if digits.count > 1, digits.hasPrefix("0") {
            let rest = digits.drop { $0 == "0" }
            throw Refusal(
                "\(shown(word)) begins with 0, which some take for octal", hint: "write \(rest.isEmpty ? "0" : rest)")
        }
        guard let number = Int(word), range.contains(number) else {
            throw Refusal("\(shown(word)) is not from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func check(_ word: String, _ format: ConfigurationFormat?) throws(Refusal) {
        guard !word.isEmpty else { throw Refusal("is empty") }
        guard !word.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw Refusal("holds a control character")
        }
        guard let format, !format.accepts(word) else { return }
        throw Refusal("\(shown(word)) \(format.refusal)")
    }

    /// A value as messages may have it.
    func shown(_ word: String) -> String {
        isSecret ? "the value" : "'\(Redaction.masked(word).shown(upTo: 80))'"
    }
}
