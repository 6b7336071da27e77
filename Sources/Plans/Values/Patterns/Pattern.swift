/// A regular expression of a parameter's declaration: a subset of JSON Schema's that is matched in time linear in the
/// text, whatever the expression is.
///
/// All states are followed side by side (Thompson, "Regular Expression Search Algorithm", 1968), so nothing is ever
/// tried again. Supported: literals, `.`, classes `[a-z]` `[^,]`, `\d \w \s` and their opposites, groups, `|`,
/// `* + ? {m,n}`, `^` and `$`. There is nothing that needs going back: no back references, no looking around.
struct Pattern: Sendable {
    struct Problem: Error {
        var message: String
    }

    private static let longestText = 4096
    private static let longestPattern = 256

    private let program: PatternProgram

    init(_ text: String) throws(Problem) {
        guard text.utf8.count <= Self.longestPattern else {
            throw Problem(message: "it has more than \(Self.longestPattern) bytes")
        }
        var parser = PatternParser(text)
        program = try PatternProgram(try parser.parse())
    }

    /// Whether it matches somewhere in `text`, as JSON Schema has it.
    func matches(_ text: String) -> Bool {
        text.utf8.count <= Self.longestText && program.matches(Array(text.unicodeScalars))
    }
}

/// A regular expression as a tree.
indirect enum PatternNode {
    case empty
    case scalar(PatternClass)
    case start
    case end
    case sequence([PatternNode])
    case choice([PatternNode])
    /// `most` nil: any number.
    case repeated(PatternNode, least: Int, most: Int?)
}

/// What one character may be.
struct PatternClass: Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isNegated
    }

    static func only(_ scalar: Unicode.Scalar) -> Self { Self(ranges: [scalar.value...scalar.value]) }

    /// Everything but ends of lines.
    static let dot = Self(ranges: [10...10, 13...13, 0x2028...0x2029], isNegated: true)

    /// Of `\d`, `\w` and `\s`; capital letters mean the opposite. As JavaScript has them, in ASCII.
    static func named(_ letter: Unicode.Scalar) -> Self? {
        let ranges: [ClosedRange<UInt32>]
        switch letter {
        case "d", "D": ranges = [48...57]
        case "w", "W": ranges = [48...57, 65...90, 95...95, 97...122]
        case "s", "S": ranges = [9...13, 32...32, 0xA0...0xA0, 0x2028...0x2029]
        default: return nil
        }
        return Self(ranges: ranges, isNegated: letter.value < 97)
    }
}
