/// Cuts the bytes of a log into lines, each bounded; what is beyond the bound is left out. Pure.
struct LogLines: Sendable {
    /// Bytes of a line that are kept.
    static let longestLine = 1024

    private var line: [UInt8] = []

    /// - Returns: the lines that `bytes` completes, without those that say nothing.
    mutating func append(_ bytes: some Sequence<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                if let complete = finish() { lines.append(complete) }
            } else if line.count < Self.longestLine {
                // Control bytes could play tricks with the terminal of whoever reads the log.
                line.append(byte < 0x20 || byte == 0x7F ? UInt8(ascii: " ") : byte)
            }
        }
        return lines
    }

    /// What stands behind the last line break.
    mutating func finish() -> String? {
        defer { line.removeAll(keepingCapacity: true) }
        return line.contains { $0 != UInt8(ascii: " ") } ? String(decoding: line, as: UTF8.self) : nil
    }
}
