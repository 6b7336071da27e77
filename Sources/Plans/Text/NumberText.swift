/// Numbers as people write them in front matter and on a command line. Nothing wraps, nothing is rounded silently.
package enum NumberText {
    /// Decimal, `0x…` or `0o…`; `640.0` is an integer too, as in JSON Schema.
    package static func integer(_ text: String) -> Int64? {
        if let value = Int64(text) { return value }
        if text.hasPrefix("0x") {
            return text.contains("-") || text.contains("+") ? nil : Int64(text.dropFirst(2), radix: 16)
        }
        if text.hasPrefix("0o") {
            return text.contains("-") || text.contains("+") ? nil : Int64(text.dropFirst(2), radix: 8)
        }
        return number(text).flatMap { Int64(exactly: $0) }
    }

    /// Decimal with point and exponent; neither infinite nor hexadecimal.
    package static func number(_ text: String) -> Double? {
        guard let first = text.unicodeScalars.first, first.isASCIIDigit || "+-.".unicodeScalars.contains(first),
            text.unicodeScalars.allSatisfy({ $0.isASCIIDigit || "+-.eE".unicodeScalars.contains($0) }),
            let value = Double(text), value.isFinite
        else { return nil }
        return value
    }
}
