/// What caps filters of text from the network may ask for: names from a list, pictures of a size that a machine bears.
enum CapsPolicy {
    enum Field {
        case whole(ClosedRange<Int>)
        /// Frames per second.
        case rate
        /// A pixel's width over its height.
        case aspect
        case words([String])
        case word

        var phrase: String {
            switch self {
            case .whole(let range): "whole numbers from \(range.lowerBound) to \(range.upperBound)"
            case .rate: "at most 120 frames per second, written as 30/1"
            case .aspect: "a ratio from 1/16 to 16/1"
            case .words(let words): "one of \(words.joined(separator: ", "))"
            case .word: "a plain word"
            }
        }
    }

    /// The largest picture is 7680 × 4320, 33.2 million pixels.
    private static let size: [String: Field] = [
        "width": .whole(16...7680), "height": .whole(16...4320), "framerate": .rate,
    ]
    private static let formats = Field.words([
        "I420", "YV12", "YUY2", "UYVY", "NV12", "NV21", "NV16", "Y42B", "Y444", "GRAY8", "RGB", "BGR", "RGBx", "BGRx",
        "xRGB", "xBGR", "RGBA", "BGRA", "ARGB", "ABGR", "I420_10LE", "P010_10LE",
    ])
    private static let coded = size.merging([
        "stream-format": .word, "alignment": .word, "profile": .word, "level": .word,
    ]) { first, _ in first }

    /// Media type → field → rule.
    static let structures: [String: [String: Field]] = [
        "video/x-raw": size.merging([
            "format": formats, "pixel-aspect-ratio": .aspect, "colorimetry": .word, "chroma-site": .word,
            "interlace-mode": .word,
        ]) { first, _ in first },
        "image/jpeg": size,
        "video/x-h264": coded,
        "video/x-h265": coded,
        "application/x-rtp": [
            "media": .words(["video"]), "encoding-name": .words(["H264", "H265", "JPEG"]), "payload": .whole(0...127),
            "clock-rate": .whole(1...1_000_000),
        ],
    ]

    /// Whether every value that `text` allows obeys the rule: `(int)640`, `[16,1920]`, `{I420,NV12}`, `30/1`.
    static func admits(_ text: String, _ field: Field) -> Bool {
        var value = withoutType(text[...])
        var parts = [value]
        if let first = value.first, first == "[" || first == "{" {
            guard value.last == (first == "[" ? "]" : "}") else { return false }
            value = value.dropFirst().dropLast()
            parts = value.split(separator: ",", omittingEmptySubsequences: false).map(withoutType)
            // A range's third number is its step.
            if first == "[", parts.count == 3, let step = number(parts[2]), step > 0 { parts.removeLast() }
        }
        return parts.allSatisfy { admits(part: $0, field) }
    }

    private static func withoutType(_ text: Substring) -> Substring {
        guard text.first == "(", let end = text.firstIndex(of: ")") else { return text }
        return text[text.index(after: end)...]
    }

    private static func admits(part text: Substring, _ field: Field) -> Bool {
        switch field {
        case .whole(let range): return number(text).map { range.contains($0) } ?? false
        case .rate: return fraction(text).map { $0 <= $1 * 120 } ?? false
        case .aspect: return fraction(text).map { $0 > 0 && $0 <= $1 * 16 && $1 <= $0 * 16 } ?? false
        case .words(let words): return words.contains(String(text))
        case .word:
            return !text.isEmpty && text.utf8.count <= 64
                && text.unicodeScalars.allSatisfy { $0.isASCIIAlphanumeric || ":._-+/".unicodeScalars.contains($0) }
        }
    }

    /// Decimal digits, few enough that no product of two overflows.
    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 9, text.unicodeScalars.allSatisfy(\.isASCIIDigit) else { return nil }
        return Int(text)
    }

    private static func fraction(_ text: Substring) -> (Int, Int)? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let upper = number(parts[0]) else { return nil }
        guard parts.count == 2 else { return (upper, 1) }
        guard let lower = number(parts[1]), lower > 0 else { return nil }
        return (upper, lower)
    }
}
