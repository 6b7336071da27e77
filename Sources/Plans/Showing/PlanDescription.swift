/// A plan's graph as the API shows it; credentials in literal text are masked.
public struct PlanDescription: Sendable, Hashable, Codable {
    public var nodes: [Node]
    public var edges: [Edge]
    public var sideTaps: [SideTap]

    enum CodingKeys: String, CodingKey {
        case nodes, edges
        case sideTaps = "side_taps"
    }

    /// - Parameter stages: the names that are vision stages; a plan does not know.
    public init(_ graph: PlanGraph, stages: Set<String>) {
        nodes = graph.nodes.map { Node($0, stages: stages) }
        edges = graph.edges.map(Edge.init)
        sideTaps = graph.sideTaps.map(SideTap.init)
        assignRoles()
    }

    public struct Node: Sendable, Hashable, Codable {
        public enum Kind: String, Sendable, Hashable, Codable {
            case element, stage, caps, tap
        }

        public var id: String
        public var kind: Kind
        /// What the node is to somebody who looks at the graph: `kind`, and where it stands.
        public var role: Role
        /// The GStreamer factory, of an element only.
        public var element: String?
        /// The stage's name, of a stage only.
        public var stage: String?
        /// In GStreamer's notation, of a caps filter only.
        public var caps: String?
        /// Literal text, or `${name}` where a parameter stands.
        public var properties: [String: String]
        public var line: Int
        public var column: Int

        init(_ node: PlanNode, stages: Set<String>) {
            id = node.id
            role = .element
            line = node.range.line
            column = node.range.column
            properties = Dictionary(node.properties.map { ($0.name, $0.shownValue) }) { _, last in last }
            switch node.kind {
            case .named(let name, let gstreamerOnly):
                let isStage = !gstreamerOnly && stages.contains(name)
                kind = isStage ? .stage : .element
                stage = isStage ? name : nil
                element = isStage ? nil : name
            case .caps(let structures):
                kind = .caps
                caps = structures.map(\.unboundText).joined(separator: ";")
            case .tap: kind = .tap
            }
        }
    }

    public struct Edge: Sendable, Hashable, Codable {
        /// Node ids.
        public var source: String
        public var target: String
        public var sourcePad: String?
        public var targetPad: String?

        enum CodingKeys: String, CodingKey {
            case source, target
            case sourcePad = "source_pad"
            case targetPad = "target_pad"
        }

        init(_ edge: PlanEdge) {
            source = edge.source
            target = edge.target
            sourcePad = edge.sourcePad
            targetPad = edge.targetPad
        }
    }

    public struct SideTap: Sendable, Hashable, Codable {
        public var nodeID: String
        /// Always `stream_tap`.
        public var sinkType: String
        public var attachPoint: String

        enum CodingKeys: String, CodingKey {
            case nodeID = "node_id"
            case sinkType = "sink_type"
            case attachPoint = "attach_point"
        }

        init(_ tap: PlanSideTap) {
            nodeID = tap.nodeID
            sinkType = "stream_tap"
            attachPoint = tap.attachPoint
        }
    }
}

extension CapsStructure {
    /// With `${name}` where a parameter stands, bound or not, and without credentials such as `srtp-key`.
    fileprivate var unboundText: String {
        var copy = self
        for index in copy.fields.indices {
            if case .bound(_, let name) = copy.fields[index].value { copy.fields[index].value = .parameter(name) }
            if case .literal = copy.fields[index].value, copy.fields[index].property.holdsCredential {
                copy.fields[index].value = .literal(Credentials.mask)
            }
        }
        return copy.text
    }
}

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
