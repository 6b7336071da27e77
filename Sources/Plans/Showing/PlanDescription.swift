/// A plan's graph as the API shows it; credentials in literal text are masked.
public struct PlanDescription: Sendable, Hashable, Codable {
    /// In the order of the text.
    public var nodes: [Node]
    /// In the order of the text.
    public var edges: [Edge]
    /// One for each tap.
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
        let swift = Set(nodes.filter { $0.kind == .stage || $0.kind == .tap }.map(\.id))
        assignRoles(beside: graph.sideBranches { swift.contains($0.id) })
    }

    /// One element, stage, caps filter or tap.
    public struct Node: Sendable, Hashable, Codable {
        /// Which of the four a node is.
        public enum Kind: String, Sendable, Hashable, Codable {
            case element, stage, caps, tap
        }

        /// Unique in the plan; of a tap, its address.
        public var id: String
        /// Which of the four it is.
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
        /// Where the node stands in the text, from 1.
        public var line: Int
        /// Where the node stands in its line, from 1; in Unicode scalars.
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

    /// Frames flow from `source` to `target`.
    public struct Edge: Sendable, Hashable, Codable {
        /// Node id.
        public var source: String
        /// Node id.
        public var target: String
        /// The pad of the source, where the author named one.
        public var sourcePad: String?
        /// The pad of the target, where the author named one.
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

    /// Where a tap hangs.
    public struct SideTap: Sendable, Hashable, Codable {
        /// The tap's own node id.
        public var nodeID: String
        /// Always `stream_tap`.
        public var sinkType: String
        /// The id of the node whose frames it holds.
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
        /// An element or caps filter behind a stage, or beside the way to stages and taps, in a segment of its own: it can
        /// fail without stopping the rest.
        case branch
    }

    /// Gives each node its role, once kinds and edges are known.
    ///
    /// - Parameter side: nodes of branches that no stage feeds.
    fileprivate mutating func assignRoles(beside side: Set<String>) {
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
        let branches = behindStage.union(side)
        for index in nodes.indices {
            let id = nodes[index].id
            nodes[index].role =
                switch nodes[index].kind {
                case .tap: .tap
                case .stage: .stage
                case .caps: branches.contains(id) ? .branch : .caps
                case .element where branches.contains(id): .branch
                case .element: fed.contains(id) ? .element : .source
                }
        }
    }
}
