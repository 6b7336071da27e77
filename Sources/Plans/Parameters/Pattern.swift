/// A regular expression of a parameter's declaration. Patterns may come from anybody, so length is bounded on both
/// sides.
struct Pattern {
    struct Problem: Error {
        var message: String
    }

    private let regex: Regex<AnyRegexOutput>

    init(_ text: String) throws(Problem) {
        guard text.utf8.count <= 256 else { throw Problem(message: "it has more than 256 bytes") }
        do {
            regex = try Regex(text)
        } catch {
            throw Problem(message: "\(error)")
        }
    }

    /// Whether it matches somewhere in `text`, as JSON Schema has it.
    func matches(_ text: String) -> Bool {
        text.utf8.count <= 4096 && text.firstMatch(of: regex) != nil
    }
}
