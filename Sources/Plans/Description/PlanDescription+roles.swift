extension PlanDescription {
    /// What a node is to somebody who looks at the graph.
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

    /// Gives each node its role, once kinds and edges are known.
    mutating func assignRoles() {
        let fed = Set(edges.map(\.target))
        let outgoing = Dictionary(grouping: edges, by: \.source)
        let kinds = Dictionary(nodes.map { ($0.id, $0.kind) }) { first, _ in first }
        var behindStage: Set<String> = []
        var waiting = nodes.filter { $0.kind == .stage }.map(\.id)
        while let id = waiting.popLast() {
            for edge in outgoing[id] ?? [] where kinds[edge.target] == .element || kinds[edge.target] == .caps {
                if behindStage.insert(edge.target).inserted { waiting.append(edge.target) }
            }
        }
        for index in nodes.indices {
            let id = nodes[index].id
            nodes[index].role =
                switch nodes[index].kind {
                case .tap: .tap
                case .stage: .stage
                case .caps: behindStage.contains(id) ? .branch : .caps
                case .element where behindStage.contains(id): .branch
                case .element: fed.contains(id) ? .element : .source
                }
        }
    }
}
