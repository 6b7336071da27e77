import Foundation

/// JSON as text, for messages whose keys have an order.
enum JSONText {
    /// Foundation's encoder with slashes as they are.
    static func encode(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        // A value of ours that cannot be encoded is one with a number that JSON lacks.
        return (try? encoder.encode(value)).flatMap { String(data: $0, encoding: .utf8) } ?? "null"
    }

    /// An object of strings in the order given; nil becomes null.
    static func object(_ pairs: [(String, String?)]) -> String {
        "{" + pairs.map { "\"\($0.0)\":" + ($0.1.map { encode($0) } ?? "null") }.joined(separator: ",") + "}"
    }
}
