import ArgumentParser

/// `name=value` words of a command line.
struct ParameterArguments {
    let texts: [String: String]

    /// - Throws: `ValidationError` for a word without `=` and for a name given twice.
    init(_ words: [String]) throws {
        var texts: [String: String] = [:]
        for word in words {
            guard let equals = word.firstIndex(of: "="), equals != word.startIndex else {
                throw ValidationError("'\(word)' is not NAME=VALUE")
            }
            let name = String(word[..<equals])
            guard texts.updateValue(String(word[word.index(after: equals)...]), forKey: name) == nil else {
                throw ValidationError("'\(name)' is given twice")
            }
        }
        self.texts = texts
    }
}
