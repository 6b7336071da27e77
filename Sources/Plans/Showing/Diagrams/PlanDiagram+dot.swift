extension PlanDiagram {
    func dot() -> String {
        var numbers: [String: Int] = [:]
        var roles: [String: Role] = [:]
        var text = "digraph plan {\n  rankdir=LR;\n  node [style=filled, fontname=\"sans-serif\", fontsize=11];\n"
        for (number, node) in description.nodes.enumerated() {
            numbers[node.id] = number
            let role = node.role
            roles[node.id] = role
            let label = lines(of: node).map(Self.escaped).joined(separator: "\\n")
            let (fill, line) = role.colours
            text +=
                "  n\(number) [label=\"\(label)\", shape=\(Self.shape(role)), fillcolor=\"\(fill)\", color=\"\(line)\"];\n"
        }
        for edge in description.edges {
            guard let source = numbers[edge.source], let target = numbers[edge.target] else { continue }
            var attributes: [String] = []
            if roles[edge.target] == .tap { attributes.append("style=dashed") }
            if let label = label(of: edge) { attributes.append("label=\"\(Self.escaped(label))\"") }
            let list = attributes.isEmpty ? "" : " [\(attributes.joined(separator: ", "))]"
            text += "  n\(source) -> n\(target)\(list);\n"
        }
        return text + "}\n"
    }

    private static func shape(_ role: Role) -> String {
        switch role {
        case .source: "cds"
        case .element: "box"
        case .stage: "component"
        case .caps: "note"
        case .tap: "ellipse"
        case .branch: "parallelogram"
        }
    }

    private static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            // Graphviz reads `\N`, `\G` and others, and `&…;` as an entity.
            switch scalar {
            case "\"", "\\": result.append(contentsOf: ["\\", scalar])
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "\u{0}"..<" ", "\u{7F}"..."\u{9F}": result.append(" ")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
