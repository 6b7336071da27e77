import Foundation

/// Prints rows as they are measured, in columns.
enum Table {
    private static let nameWidth = 44

    /// - Parameter columns: what the numbers of the rows are.
    static func section(_ title: String, _ columns: String...) {
        write("")
        line(title, columns)
        write(String(repeating: "─", count: nameWidth + 13 * columns.count))
    }

    static func row(_ name: String, _ cells: String...) { line(name, cells) }

    private static func line(_ name: String, _ cells: [String]) {
        let padded = cells.map { String(repeating: " ", count: max(13 - $0.count, 1)) + $0 }
        write(name + String(repeating: " ", count: max(nameWidth - name.count, 1)) + padded.joined())
    }

    /// At once, also into a file.
    private static func write(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

    /// A time in the unit that suits it.
    static func time(_ nanoseconds: Double?) -> String {
        guard let nanoseconds else { return "–" }
        return switch nanoseconds {
        case ..<1000: "\(number(nanoseconds, 0)) ns"
        case ..<1_000_000: "\(number(nanoseconds / 1000, 2)) µs"
        default: "\(number(nanoseconds / 1_000_000, 2)) ms"
        }
    }

    static func ratio(_ ratio: Double?) -> String { ratio.map { number($0, 2) } ?? "–" }

    /// What is asked for, and whether it is so.
    static func verdict(_ value: Double?, atMost limit: Double?, _ text: String) -> String {
        guard let limit else { return "" }
        guard let value else { return text }
        return "\(text) \(value <= limit ? "✓" : "✗")"
    }

    static func number(_ value: Double, _ places: Int) -> String {
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        let whole = Int((value * Double(scale)).rounded())
        let rest = String(whole % scale)
        guard places > 0 else { return String(whole) }
        return "\(whole / scale)." + String(repeating: "0", count: places - rest.count) + rest
    }
}
