/// One character of a plan after quotes and backslashes are resolved, with the place it came from.
struct SourceCell {
    enum Quoting: UInt8 {
        case plain, escaped, quoted
    }

    /// Stands for the nothing between two quotes, so that `text=""` has a value.
    static let empty = Unicode.Scalar(0xFFFF as UInt16) ?? " "

    var scalar: Unicode.Scalar
    var quoting: Quoting
    /// Whether a backslash stands before it, in quotes or out of them.
    var isEscaped = false
    /// The first character of a quoted run, and the last.
    var opensQuote = false
    var closesQuote = false
    var line: Int32
    var column: Int32
    /// Columns covered: quotes and backslashes count with the character they belong to.
    var width: Int32

    /// White space outside quotes ends a word.
    var isSeparator: Bool { quoting == .plain && scalar.isPlanWhitespace }
    /// White space inside quotes is white space to a caps filter only.
    var isBlank: Bool { scalar == Self.empty || scalar.isPlanWhitespace }
}

extension Sequence<SourceCell> {
    var text: String {
        // Bytes, because a string grows slowly by single characters, and a word of garbage may have a million.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(underestimatedCount)
        for cell in self where cell.scalar != SourceCell.empty {
            if cell.scalar.isASCII {
                bytes.append(UInt8(truncatingIfNeeded: cell.scalar.value))
            } else {
                bytes.append(contentsOf: UTF8.encode(cell.scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
