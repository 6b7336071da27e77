/// Reads a text as Pango does: tags that are closed again, and entities.
struct MarkupScanner {
    /// What is wrong with a text.
    enum Fault: Hashable {
        case bareAmpersand
        case bareLessThan
        /// Opened and not closed, or closed and not open.
        case unbalanced(String)

        var words: String {
            switch self {
            case .bareAmpersand: "'&' begins no entity there"
            case .bareLessThan: "'<' begins no tag there"
            case .unbalanced(let tag): "<\(tag)> is not closed where it should be"
            }
        }

        var hint: String {
            switch self {
            case .bareAmpersand: "write &amp; for &"
            case .bareLessThan: "write &lt; for <"
            case .unbalanced(let tag): "write <\(tag)>…</\(tag)>, or &lt; for a < that is to be seen"
            }
        }
    }

    /// Those that Pango knows (its manual, "Text Attribute Markup").
    private static let tags: Set<Substring> = [
        "markup", "span", "b", "big", "i", "s", "small", "sub", "sup", "tt", "u",
    ]
    private static let entities: Set<Substring> = ["amp", "lt", "gt", "quot", "apos"]

    private var rest: Substring
    private var open: [Substring] = []

    /// The first thing that Pango would not understand; nil for markup, and for text without any.
    static func fault(in text: String) -> Fault? {
        var scanner = MarkupScanner(rest: text[...])
        return scanner.run()
    }

    private init(rest: Substring) { self.rest = rest }

    private mutating func run() -> Fault? {
        while let index = rest.firstIndex(where: { $0 == "&" || $0 == "<" }) {
            let isEntity = rest[index] == "&"
            rest = rest[rest.index(after: index)...]
            if let fault = isEntity ? entity() : tag() { return fault }
        }
        return open.last.map { .unbalanced(String($0)) }
    }

    private mutating func entity() -> Fault? {
        guard let end = rest.firstIndex(of: ";") else { return .bareAmpersand }
        let name = rest[..<end]
        rest = rest[rest.index(after: end)...]
        if Self.entities.contains(name) { return nil }
        guard name.hasPrefix("#") else { return .bareAmpersand }
        let digits = name.dropFirst()
        let code = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return code.flatMap(Unicode.Scalar.init) == nil || code == 0 ? .bareAmpersand : nil
    }

    private mutating func tag() -> Fault? {
        let closes = rest.first == "/"
        if closes { rest = rest.dropFirst() }
        let name = rest.prefix { $0.isLetter }
        rest = rest.dropFirst(name.count)
        guard Self.tags.contains(name), let end = endOfTag() else { return .bareLessThan }
        let isEmpty = rest[..<end].last == "/"
        rest = rest[rest.index(after: end)...]
        if closes {
            guard open.popLast() == name else { return .unbalanced(String(name)) }
        } else if !isEmpty {
            open.append(name)
        }
        return nil
    }

    /// The `>` behind a tag's attributes, whose values may hold one; nil where there is none.
    private func endOfTag() -> Substring.Index? {
        guard rest.first.map({ $0 == ">" || $0 == "/" || $0.isWhitespace }) == true else { return nil }
        var quote: Character?
        for index in rest.indices {
            let character = rest[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == ">" {
                return index
            }
        }
        return nil
    }
}
