import Foundation

/// A plan's graph as a picture's source: sources, elements, stages, caps, taps and branches behind stages told apart.
public struct PlanDiagram: Sendable, Hashable {
    /// What a picture is written in.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// For Markdown pages; the default.
        case mermaid
        /// For Graphviz.
        case dot
        /// For programs: nodes with their roles, edges, side taps, as the API has them.
        case json
    }

    typealias Role = PlanDescription.Role

    let description: PlanDescription

    /// - Parameter description: names are taken as they are; what is shown of values is masked already.
    public init(_ description: PlanDescription) {
        self.description = description
    }

    /// The picture's source, ending with a newline.
    public func text(_ format: Format = .mermaid) -> String {
        switch format {
        case .mermaid: mermaid()
        case .dot: dot()
        case .json: json()
        }
    }

    /// As the API has a graph.
    private func json() -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Strings and numbers always have a JSON form.
        let data = (try? encoder.encode(description)) ?? Data("{}".utf8)
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    /// What stands in a node's box, line by line: its name, and what it is where the name does not say so.
    func lines(of node: PlanDescription.Node) -> [String] {
        let what = node.element ?? node.stage
        switch node.kind {
        case .caps: return Self.fields(of: node.caps ?? "").prefix(6).map(Self.short)
        case .tap: return [Self.short(node.id), "tap"]
        case .element, .stage:
            guard let what, !node.id.hasPrefix(what) else { return [Self.short(node.id)] }
            return [Self.short(node.id), Self.short(what)]
        }
    }

    /// Pads at either end of an edge, where the author named them.
    func label(of edge: PlanDescription.Edge) -> String? {
        switch (edge.sourcePad, edge.targetPad) {
        case (nil, nil): nil
        case (let source?, nil): Self.short(source)
        case (nil, let target?): "→ " + Self.short(target)
        case (let source?, let target?): Self.short(source) + " → " + Self.short(target)
        }
    }

    /// Caps at their commas, those of lists and ranges apart.
    private static func fields(of caps: String) -> [String] {
        var fields = [""]
        var depth = 0
        for character in caps {
            if "([{<".contains(character) { depth += 1 }
            if ")]}>".contains(character) { depth -= 1 }
            if character == ",", depth <= 0 {
                fields.append("")
            } else {
                fields[fields.count - 1].append(character)
            }
        }
        return fields
    }

    private static func short(_ text: String) -> String {
        text.unicodeScalars.count <= 48 ? text : String(text.prefix(47)) + "…"
    }
}
