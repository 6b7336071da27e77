extension String {
    /// Without the white space at both ends.
    var trimmingPlanWhitespace: String {
        let start = unicodeScalars.firstIndex { !$0.isPlanWhitespace } ?? unicodeScalars.endIndex
        let last = unicodeScalars.lastIndex { !$0.isPlanWhitespace } ?? start
        return start < unicodeScalars.endIndex ? String(unicodeScalars[start...last]) : ""
    }
}

extension Unicode.Scalar {
    var isPlanWhitespace: Bool { value == 0x20 || (value >= 0x09 && value <= 0x0D) }

    var isASCIIDigit: Bool { value >= 0x30 && value <= 0x39 }

    var isASCIIAlphanumeric: Bool {
        isASCIIDigit || (value >= 0x41 && value <= 0x5A) || (value >= 0x61 && value <= 0x7A)
    }

    /// gst-launch's identifier: a letter, a digit or `_`, then also `-`, `%` and `:`.
    var startsIdentifier: Bool { isASCIIAlphanumeric || self == "_" }
    var continuesIdentifier: Bool { startsIdentifier || self == "-" || self == "%" || self == ":" }

    /// Whether it makes text look like other text: it turns the text's direction or has no width.
    var isDeceptive: Bool {
        switch value {
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xE0000...0xE007F: true
        default: false
        }
    }
}
