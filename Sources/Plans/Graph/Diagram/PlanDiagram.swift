/// A plan's graph as a picture's source: sources, elements, stages, caps, taps and branches behind stages told apart.
public struct PlanDiagram: Sendable, Hashable {
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// For Markdown pages; the default.
        case mermaid
        /// For Graphviz.
        case dot
        /// For programs: nodes with their roles, edges, side taps.
        case json
    }

    /// What a node is to somebody who reads the picture.
    public enum Role: String, Sendable, Hashable, Codable, CaseIterable {
        /// Nothing comes before it.
        case source
        case element
        case stage
        case caps
        case tap
        /// An element or caps filter behind a stage, in a segment of its own: it can fail without stopping the rest.
        case branch
    }

    let description: PlanDescription
    /// By node id.
    let roles: [String: Role]

    /// - Parameter description: names are taken as they are; what is shown of values is masked already.
    public init(_ description: PlanDescription) {
        self.description = description
        roles = Self.roles(in: description)
    }

    /// The picture's source, ending with a newline.
    public func text(_ format: Format = .mermaid) -> String {
        switch format {
        case .mermaid: mermaid()
        case .dot: dot()
        case .json: json()
        }
    }

    private static func roles(in description: PlanDescription) -> [String: Role] {
        let fed = Set(description.edges.map(\.target))
        let outgoing = Dictionary(grouping: description.edges, by: \.source)
        let kinds = Dictionary(description.nodes.map { ($0.id, $0.kind) }) { first, _ in first }
        var behindStage: Set<String> = []
        var waiting = description.nodes.filter { $0.kind == .stage }.map(\.id)
        while let id = waiting.popLast() {
            for edge in outgoing[id] ?? [] where kinds[edge.target] == .element || kinds[edge.target] == .caps {
                if behindStage.insert(edge.target).inserted { waiting.append(edge.target) }
            }
        }
        return Dictionary(
            description.nodes.map { node in
                let role: Role =
                    switch node.kind {
                    case .tap: .tap
                    case .stage: .stage
                    case .caps: behindStage.contains(node.id) ? .branch : .caps
                    case .element where behindStage.contains(node.id): .branch
                    case .element: fed.contains(node.id) ? .element : .source
                    }
                return (node.id, role)
            }
        ) { first, _ in first }
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
