import Foundation
import FoundationXML

extension MarkupElement {
    /// What a document may come to. Cameras' longest answers, a dozen profiles in full, have some 60 KiB.
    enum Limit {
        /// Bytes.
        static let length = 256 << 10
        static let depth = 32
        static let elements = 10_000
    }

    /// Reads a document that anybody may have sent.
    ///
    /// There are no entities but XML's own five: a document type, which could declare more, is refused before anything is read, as SOAP
    /// 1.2 (5) has it. It is read as UTF-8 whatever it says, so that nothing hides behind another coding.
    /// - Throws: `CameraProblem` of the kind `nonsense`.
    init(parsing bytes: some Collection<UInt8>) throws(CameraProblem) {
        guard bytes.count <= Limit.length else {
            throw CameraProblem(.nonsense, "its answer is longer than \(Limit.length >> 10) KiB")
        }
        var text = String(decoding: bytes, as: UTF8.self)[...]
        if text.hasPrefix("\u{FEFF}") { text = text.dropFirst() }
        text = text.drop { $0.isWhitespace }
        if text.hasPrefix("<?xml"), let end = text.firstRange(of: "?>") { text = text[end.upperBound...] }
        // A second declaration would be obeyed, and might name a coding in which a document type looks like none.
        guard text.firstRange(of: "<?xml") == nil else {
            throw CameraProblem(.nonsense, "its answer declares twice that it is XML")
        }
        // What stands behind the end, as zero bytes of some firmware do, is nobody's concern. Elsewhere they are a coding of two bytes.
        text = text[..<(text.lastIndex(of: ">").map { text.index(after: $0) } ?? text.startIndex)]
        guard !text.utf8.contains(0) else { throw CameraProblem(.nonsense, "its answer is no UTF-8") }
        guard text.firstRange(of: "<!DOCTYPE") == nil, text.firstRange(of: "<!ENTITY") == nil else {
            throw CameraProblem(.nonsense, "its answer declares a document type, which no camera needs")
        }
        let parser = XMLParser(data: Data(text.utf8))
        parser.shouldResolveExternalEntities = false
        let reader = MarkupReader()
        parser.delegate = reader
        let isSound = parser.parse()
        if let problem = reader.problem { throw CameraProblem(.nonsense, problem) }
        guard isSound, let root = reader.root else { throw CameraProblem(.nonsense, "its answer is no XML") }
        self = root
    }
}

/// Builds the tree while `XMLParser` reads, and stops it where a document goes too far.
private final class MarkupReader: NSObject, XMLParserDelegate {
    private(set) var root: MarkupElement?
    private(set) var problem: String?
    private var open: [MarkupElement] = []
    private var count = 0

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        guard problem == nil, root == nil else { return }
        count += 1
        guard open.count < MarkupElement.Limit.depth, count <= MarkupElement.Limit.elements else {
            problem = "its answer nests too deep, or has too many parts"
            parser.abortParsing()
            return
        }
        var element = MarkupElement(name: Self.local(name))
        for (name, value) in attributes { element.attributes[Self.local(name)] = value }
        open.append(element)
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) { add(text) }

    func parser(_ parser: XMLParser, foundCDATA block: Data) { add(String(decoding: block, as: UTF8.self)) }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        guard problem == nil, root == nil, var element = open.popLast() else { return }
        element.text = element.text.trimmingCharacters(in: .whitespacesAndNewlines)
        if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
    }

    private func add(_ text: String) {
        guard problem == nil, !open.isEmpty else { return }
        open[open.count - 1].text += text
    }

    private static func local(_ name: String) -> String { String(name.split(separator: ":").last ?? "") }
}
