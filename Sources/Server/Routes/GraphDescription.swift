import Plans

/// A plan's graph as the API shows it: `nodes`, `edges`, `side_taps`.
struct GraphDescription: Encodable {
    struct Node: Encodable {
        var id: String
        /// `stage`, `element`, `caps` or `tap`.
        var type: String
        /// The stage's, element's or media type's name.
        var name: String
        var line: Int
        var column: Int
    }

    struct Edge: Encodable {
        var source: String
        var sourcePad: String?
        var target: String
        var targetPad: String?

        enum CodingKeys: String, CodingKey {
            case source, target
            case sourcePad = "source_pad"
            case targetPad = "target_pad"
        }
    }

    struct Tap: Encodable {
        var nodeID: String
        var sinkType = "stream_tap"
        var attachPoint: String

        enum CodingKeys: String, CodingKey {
            case nodeID = "node_id"
            case sinkType = "sink_type"
            case attachPoint = "attach_point"
        }
    }

    var nodes: [Node]
    var edges: [Edge]
    var sideTaps: [Tap]

    enum CodingKeys: String, CodingKey {
        case nodes, edges
        case sideTaps = "side_taps"
    }

    init(_ graph: PlanGraph, stages: Set<String>) {
        nodes = graph.nodes.map { node in
            let (type, name) =
                switch node.kind {
                case .named(let name, let gstreamerOnly):
                    (!gstreamerOnly && stages.contains(name) ? "stage" : "element", name)
                case .caps(let structures): ("caps", structures.first?.mediaType ?? "")
                case .tap: ("tap", "streamtap")
                }
            return Node(id: node.id, type: type, name: name, line: node.range.line, column: node.range.column)
        }
        edges = graph.edges.map {
            Edge(source: $0.source, sourcePad: $0.sourcePad, target: $0.target, targetPad: $0.targetPad)
        }
        sideTaps = graph.sideTaps.map { Tap(nodeID: $0.nodeID, attachPoint: $0.attachPoint) }
    }
}
