/// Numbers as plans write them for properties of elements: decimal, or hexadecimal with `0x`; nothing before or after.
enum GObjectNumber {
    /// Wide enough for every integer property, so that a range check can say what was wrong.
    static func integer(_ text: String) -> Int128? {
        var digits = text[...]
        let isNegative = digits.hasPrefix("-")
        if isNegative || digits.hasPrefix("+") { digits.removeFirst() }
        // Int128.init would take a second sign.
        guard let first = digits.utf8.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "+") else { return nil }
        let magnitude: Int128? =
            if digits.hasPrefix("0x") || digits.hasPrefix("0X") {
                Int128(digits.dropFirst(2), radix: 16).flatMap { $0 < 0 ? nil : $0 }
            } else {
                Int128(digits)
            }
        return magnitude.map { isNegative ? -$0 : $0 }
    }

    /// Finite; a fraction such as `1/2` is not a number here.
    static func floating(_ text: String) -> Double? {
        if let whole = integer(text) { return Double(whole) }
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// The words that GStreamer takes for a boolean.
    static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "1", "t": true
        case "false", "no", "0", "f": false
        default: nil
        }
    }
}
