/// What a key of the configuration holds.
package enum ConfigurationValue: Sendable, Hashable {
    case text(String)
    case integer(Int)
    case boolean(Bool)
    case list([String])

    /// As a person would write it in the file.
    package var words: String {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .boolean(let flag): String(flag)
        case .list(let texts): "[\(texts.joined(separator: ", "))]"
        }
    }
}
