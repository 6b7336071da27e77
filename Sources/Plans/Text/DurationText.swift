/// Times as people write them in front matter: a number and its unit.
enum DurationText {
    private static let units = ["ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600]

    /// Seconds; nil for what is none, as a number without a unit.
    static func seconds(_ text: String) -> Double? {
        let number = text.prefix { $0.isNumber || $0 == "." }
        guard let unit = units[text.dropFirst(number.count).drop(while: \.isWhitespace).lowercased()],
            let value = NumberText.number(String(number))
        else { return nil }
        return value * unit
    }
}
