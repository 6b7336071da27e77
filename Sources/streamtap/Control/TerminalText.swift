/// Words of servers, cameras and plans on their way to a terminal.
enum TerminalText {
    /// The same without what a terminal would obey, or what would have it show words in another order than they have.
    static func safe(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isObeyed) else { return text }
        return text.unicodeScalars.map { scalar in
            isObeyed(scalar) ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }.joined()
    }

    /// JSON whose strings a terminal may show: what it would obey is written as JSON's escapes, which mean the same.
    static func safeJSON(_ json: String) -> String {
        guard json.unicodeScalars.contains(where: isObeyedInJSON) else { return json }
        return json.unicodeScalars.map { scalar in
            guard isObeyedInJSON(scalar) else { return String(scalar) }
            return scalar.utf16.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
        }.joined()
    }

    /// Columns that it takes in a terminal, most of which go by Unicode TR 11 as it is written here.
    static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { sum, scalar in
            if scalar.isASCII { return sum + 1 }
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .format: return sum
            default: return sum + (wide.contains { $0.contains(scalar.value) } ? 2 : 1)
            }
        }
    }

    /// Scripts and pictures of East Asian width W and F.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
        0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
        0x1F900...0x1F9FF, 0x20000...0x3FFFD,
    ]

    /// As much of it as fits.
    static func cut(_ text: String, to columns: Int) -> String {
        guard width(text) > columns else { return text }
        guard columns > 0 else { return "" }
        var kept = ""
        var used = 1
        for character in text {
            used += width(String(character))
            guard used <= columns else { break }
            kept.append(character)
        }
        return kept + "…"
    }

    /// Controls (C0, DEL, C1), ends of lines, and what turns the direction of text round (Unicode TR 36, 2.3).
    private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0x061C, 0xFEFF: true
        default: false
        }
    }

    /// JSON's own strings hold no controls below 32; outside of them ends of lines are its layout.
    private static func isObeyedInJSON(_ scalar: Unicode.Scalar) -> Bool { scalar.value > 0x1F && isObeyed(scalar) }
}
