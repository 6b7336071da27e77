import Plans
import Yams

/// A YAML text with the places of all that stands in it.
///
/// What makes YAML dangerous or surprising is refused: anchors and merge keys, tags, several documents, keys that stand twice.
struct YAMLDocument {
    /// Nil where there is nothing but comments.
    private(set) var root: Node?
    private let lines: [Substring.UnicodeScalarView]
    private let path: String

    /// - Throws: `ConfigurationFault` where it is no YAML, or has what is refused.
    init(_ text: String, path: String) throws(ConfigurationFault) {
        var text = text
        // Editors of some systems begin each file with it.
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        self.path = path
        lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map {
            Substring($0).unicodeScalars
        }
        let parser: Parser
        do {
            // Types come from the table of keys, so that YAML's own guess at them is not asked for.
            parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            root = try parser.singleRoot()
        } catch let problem as YamlError {
            throw fault(of: problem)
        } catch {
            throw ConfigurationFault(at: .wholeFile(path), "this is no YAML")
        }
        // Nodes know their anchors only while the parser lives.
        let found = root.flatMap(firstRefused)
        withExtendedLifetime(parser) {}
        if let found { throw found }
        // A file of comments alone.
        if let scalar = root?.scalar, Self.isEmpty(scalar) { root = nil }
    }

    func place(of node: Node) -> ConfigurationPlace {
        guard let mark = node.mark else { return .wholeFile(path) }
        return .file(path, line: mark.line, column: mark.column)
    }

    /// Nothing stands there, or YAML's word for it.
    static func isEmpty(_ scalar: Node.Scalar) -> Bool {
        scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private func firstRefused(_ node: Node) -> ConfigurationFault? {
        if let anchor = Self.anchor(of: node) {
            return ConfigurationFault(
                at: place(of: node), "anchors (&\(anchor.shownName)) are not supported here",
                hint: "write it out, or put a text with & in quotes")
        }
        let tag = node.tag.description
        guard ["tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"].contains(tag) else {
            return ConfigurationFault(
                at: place(of: node), "tags (\(tag.shownName)) are not supported here",
                hint: "put a text with ! in quotes")
        }
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping { if let fault = firstRefused(key) ?? firstRefused(value) { return fault } }
        case .sequence(let sequence):
            for item in sequence { if let fault = firstRefused(item) { return fault } }
        default: break
        }
        return nil
    }

    private static func anchor(of node: Node) -> String? {
        switch node {
        case .scalar(let scalar): scalar.anchor?.rawValue
        case .mapping(let mapping): mapping.anchor?.rawValue
        case .sequence(let sequence): sequence.anchor?.rawValue
        case .alias(let alias): alias.anchor.rawValue
        }
    }

    // MARK: What is no YAML

    private func fault(of problem: YamlError) -> ConfigurationFault {
        switch problem {
        case .scanner(_, let words, let mark, _), .parser(_, let words, let mark, _),
            .composer(_, let words, let mark, _):
            let place = ConfigurationPlace.file(path, line: mark.line, column: max(mark.column, 1))
            if line(mark.line).prefix(while: { $0 == " " || $0 == "\t" }).contains("\t") {
                return ConfigurationFault(at: place, "a tab stands where YAML wants spaces")
            }
            return ConfigurationFault(at: place, "this is no YAML: \(words.shownName)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let key = duplicates.first.map { "\($0)" } ?? ""
            let place = secondPlace(of: key, from: context.mark)
            return ConfigurationFault(
                at: .file(path, line: place.line, column: place.column), "the key '\(key.shownName)' stands twice")
        case .reader(let words, let offset, _, let text):
            let before = text.utf8.prefix(max(0, offset ?? 0))
            let line = 1 + before.count { $0 == UInt8(ascii: "\n") }
            let column = 1 + before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count
            return ConfigurationFault(
                at: .file(path, line: line, column: column), "this is no YAML: \(words.shownName)")
        default:
            return ConfigurationFault(at: .wholeFile(path), "this is no YAML")
        }
    }

    private func line(_ number: Int) -> Substring.UnicodeScalarView {
        lines.indices.contains(number - 1) ? lines[number - 1] : Substring("").unicodeScalars
    }

    /// Yams says only where the mapping begins.
    private func secondPlace(of key: String, from mark: Mark) -> (line: Int, column: Int) {
        var found = 0
        for number in mark.line...max(mark.line, lines.count) {
            let text = String(line(number).dropFirst(mark.column - 1))
            let indentation = line(number).prefix(mark.column - 1)
            guard number == mark.line || indentation.allSatisfy({ $0 == " " }) else { break }
            let word = text.prefix { $0 != ":" }.trimmingCharacters(of: " \"'")
            if text.contains(":"), word == key { found += 1 }
            if found == 2 { return (number, mark.column) }
        }
        return (mark.line, max(mark.column, 1))
    }
}

extension String {
    /// A word of a file in a message.
    fileprivate var shownName: String { shown(upTo: 80) }
}

extension Substring {
    fileprivate func trimmingCharacters(of set: String) -> String {
        String(drop { set.contains($0) }.reversed().drop { set.contains($0) }.reversed())
    }
}
