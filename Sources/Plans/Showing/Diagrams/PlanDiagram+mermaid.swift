extension PlanDiagram {
    /// Nodes are numbered, so that no name can be a word of Mermaid's, and texts stand in quotes without any sign
    /// that means something to Mermaid or HTML.
    func mermaid() -> String {
        var numbers: [String: Int] = [:]
        var roles: [String: Role] = [:]
        var text = "flowchart LR\n"
        for (number, node) in description.nodes.enumerated() {
            numbers[node.id] = number
            let role = node.role
            roles[node.id] = role
            let (open, close) = Self.brackets(role)
            let label = lines(of: node).map(Self.escaped).joined(separator: "<br/>")
            text += "  n\(number)\(open)\"\(label)\"\(close):::\(role)\n"
        }
        for edge in description.edges {
            guard let source = numbers[edge.source], let target = numbers[edge.target] else { continue }
            let arrow = roles[edge.target] == .tap ? "-.->" : "-->"
            let label = label(of: edge).map { "|\"\(Self.escaped($0))\"|" } ?? ""
            text += "  n\(source) \(arrow)\(label) n\(target)\n"
        }
        let used = Set(roles.values)
        for role in Role.allCases where used.contains(role) {
            let (fill, line) = role.colours
            text += "  classDef \(role) fill:\(fill),stroke:\(line),color:#111\n"
        }
        return text
    }

    private static func brackets(_ role: Role) -> (String, String) {
        switch role {
        case .source: ("([", "])")
        case .element: ("[", "]")
        case .stage: ("[[", "]]")
        case .caps: ("(", ")")
        case .tap: ("((", "))")
        case .branch: ("[/", "/]")
        }
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            let isPlain = scalar.isASCIIAlphanumeric || " -_./=:→…".unicodeScalars.contains(scalar)
            let isWord = scalar.value >= 0x80 && scalar.properties.isAlphabetic
            result += isPlain || isWord ? String(scalar) : "#\(scalar.value);"
        }
        return result
    }
}

extension PlanDescription.Role {
    /// Fill and line, light enough for black text.
    var colours: (fill: String, line: String) {
        switch self {
        case .source: ("#d9ead3", "#38761d")
        case .element: ("#f3f3f3", "#666666")
        case .stage: ("#cfe2f3", "#0b5394")
        case .caps: ("#ffffff", "#b7b7b7")
        case .tap: ("#fff2cc", "#bf9000")
        case .branch: ("#e6dff3", "#674ea7")
        }
    }
}
