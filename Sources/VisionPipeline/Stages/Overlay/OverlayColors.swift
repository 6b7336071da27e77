/// A colour for each kind of detection.
struct OverlayColors: Hashable {
    /// 0…1.
    struct Color: Hashable {
        var red: Double
        var green: Double
        var blue: Double

        init(_ code: UInt32) {
            red = Double(code >> 16 & 255) / 255
            green = Double(code >> 8 & 255) / 255
            blue = Double(code & 255) / 255
        }
    }

    private var colors: [Detection.Kind: Color] = [
        .apriltag: Color(0x00e676), .motion: Color(0xffab00), .motionState: Color(0xff5252),
        .zone: Color(0x40c4ff), .line: Color(0xe040fb),
    ]

    /// For kinds without one of their own.
    private static let others = Color(0xffeb3b)

    /// - Parameter text: `apriltag=#00ff00 motion=#ff8000`; kinds that it does not name keep theirs.
    /// - Throws: `StageError` that names what cannot be read.
    init(_ text: String) throws(StageError) {
        for word in text.split(whereSeparator: { $0.isWhitespace || $0 == "," }) {
            let parts = word.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, parts[1].hasPrefix("#"), parts[1].count == 7,
                let code = UInt32(parts[1].dropFirst(), radix: 16)
            else {
                throw StageError(
                    .options, "colors: '\(word.prefix(40))' is not a kind and a colour, as apriltag=#00ff00")
            }
            colors[Detection.Kind(rawValue: String(parts[0]))] = Color(code)
        }
    }

    subscript(kind: Detection.Kind) -> Color { colors[kind] ?? Self.others }
}
