/// Which taps of which instances: `door/live`, `yard-*/live`, `door/*`; `door` is `door/*`.
///
/// A star is any number of the characters that names have; nothing else is special.
package struct TapPattern: Sendable, Hashable, CustomStringConvertible {
    private let instance: String
    private let tap: String

    /// As it is written.
    package var description: String { "\(instance)/\(tap)" }

    /// Nil: there are other characters than names have.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ Self.isPattern($0) }) else { return nil }
        instance = String(parts[0])
        tap = parts.count > 1 ? String(parts[1]) : "*"
    }

    /// Whether it means some tap of an instance.
    package func matches(instance name: String) -> Bool { Self.matches(name, instance) }

    /// Whether it means a tap.
    package func matches(instance name: String, tap other: String) -> Bool {
        Self.matches(name, instance) && Self.matches(other, tap)
    }

    private static func isPattern(_ part: some StringProtocol) -> Bool {
        // Far more stars than anybody writes would make each look long.
        (1...64).contains(part.utf8.count) && part.utf8.count(where: { $0 == UInt8(ascii: "*") }) <= 4
            && part.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
                    UInt8(ascii: "-"), UInt8(ascii: "*"):
                    true
                default: false
                }
            }
    }

    /// The pieces between the stars stand in the text one behind the other, the first at its beginning, the last at its end.
    private static func matches(_ text: String, _ pattern: String) -> Bool {
        let pieces = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard pieces.count > 1, let first = pieces.first, let last = pieces.last else { return text == pattern }
        guard text.utf8.count >= first.utf8.count + last.utf8.count, text.hasPrefix(first), text.hasSuffix(last) else {
            return false
        }
        var rest = text.dropFirst(first.count).dropLast(last.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let place = rest.firstRange(of: piece) else { return false }
            rest = rest[place.upperBound...]
        }
        return true
    }
}

extension TapPattern: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let pattern = TapPattern(text) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "'\(text.prefix(80))' names no taps, as yard-*/live does"))
        }
        self = pattern
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
