/// An element of an XML document, with names as they are without their prefixes: each camera has prefixes of its own.
struct MarkupElement: Sendable, Hashable {
    var name: String
    /// By their names without prefixes.
    var attributes: [String: String] = [:]
    /// What stands in it beside its children, without white space around it.
    var text = ""
    var children: [MarkupElement] = []

    /// The first child of this name, and of that one the first of the next.
    func child(_ path: String...) -> MarkupElement? {
        var element = self
        for name in path {
            guard let next = element.children.first(where: { $0.name == name }) else { return nil }
            element = next
        }
        return element
    }

    /// Every element of this name, itself and wherever below, in the order of the text.
    func all(_ name: String) -> [MarkupElement] {
        (self.name == name ? [self] : []) + children.flatMap { $0.all(name) }
    }

    /// The first element of this name, wherever.
    func first(_ name: String) -> MarkupElement? {
        if self.name == name { return self }
        for child in children {
            if let found = child.first(name) { return found }
        }
        return nil
    }
}

extension String {
    /// As it stands in XML, as text or in an attribute.
    var escapedForMarkup: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&apos;"
            // Anything else below a blank stands in no XML at all.
            case "\t", "\n", "\r": text += "&#\(scalar.value);"
            case _ where scalar.value < 0x20: break
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
