/// The name of a property in the one form that GObject compares: `user_pw` is `user-pw`.
///
/// Whoever asks what an element's property *is* compares this. What the author wrote stays beside it, for messages and
/// for vision stages, whose options keep their underscores.
public struct PropertyName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// With `-` for every `_`; of `child::property`, both and the colons between them.
    public let text: String

    /// - Parameter written: the name in any spelling that GObject takes.
    public init(_ written: some StringProtocol) {
        text = String(written).replacing("_", with: "-")
    }

    /// A name that stands in the program.
    public init(stringLiteral: String) {
        self.init(stringLiteral)
    }

    /// The canonical name.
    public var description: String { text }

    /// Whether it is a property of a child or a pad, `sink-0::xpos`, or one with its type before it.
    public var isChildProperty: Bool { text.contains("::") }

    /// The words of the property's own name, in small letters: `Server::proxy-pw` has `proxy` and `pw`.
    var words: [Substring] {
        let own = text.utf8.lastIndex(of: UInt8(ascii: ":")).map { text[text.index(after: $0)...] } ?? text[...]
        return own.lowercased()[...].split(separator: "-")
    }
}
