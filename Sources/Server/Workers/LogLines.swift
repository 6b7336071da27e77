/// Cuts the bytes of a log into lines, each bounded; what is beyond the bound is left out. Pure.
struct LogLines: Sendable {
    /// A line of a log.
    struct Line: Sendable, Hashable {
        var text: String
        /// It was longer.
        var isCut = false
    }

    /// Bytes of a line that are kept: many times what is shown, so that secrets are taken out of it whole.
    static let longestLine = 8192

    private var line: [UInt8] = []
    private var isCut = false

    /// - Returns: the lines that `bytes` completes, without those that say nothing.
    mutating func append(_ bytes: some Sequence<UInt8>) -> [Line] {
        var lines: [Line] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                if let complete = finish() { lines.append(complete) }
            } else if line.count < Self.longestLine {
                // Control bytes could play tricks with the terminal of whoever reads the log.
                line.append(byte < 0x20 || byte == 0x7F ? UInt8(ascii: " ") : byte)
            } else {
                isCut = true
            }
        }
        return lines
    }

    /// What stands behind the last line break.
    mutating func finish() -> Line? {
        defer {
            line.removeAll(keepingCapacity: true)
            isCut = false
        }
        return line.contains { $0 != UInt8(ascii: " ") }
            ? Line(text: String(decoding: line, as: UTF8.self), isCut: isCut) : nil
    }
}
