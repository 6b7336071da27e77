/// A plan's graph, ready to be walked in both directions.
struct LintGraph {
    let nodes: [PlanNode]
    let sideTaps: [PlanSideTap]
    /// What the plan says of all its sources; nil: nothing.
    let saysLive: Bool?
    /// Sources are to be left alone while nobody looks.
    let capturesOnDemand: Bool
    private let stages: Set<String>
    private let defaults: [String: ParameterValue]
    private let indices: [String: Int]
    private let incoming: [String: [PlanEdge]]
    private let outgoing: [String: [PlanEdge]]
    /// Nodes that a live source feeds.
    private let live: Set<String>
    /// Nodes of branches that run apart from the way to stages and taps.
    private let side: Set<String>

    init(_ plan: Plan, stages: Set<String>) {
        nodes = plan.graph.nodes
        sideTaps = plan.graph.sideTaps
        saysLive = plan.isLive
        capturesOnDemand = plan.capturesOnDemand
        self.stages = stages
        let defaults = Dictionary(plan.parameters.map { ($0.name, $0.default) }) { first, _ in first }.compactMapValues
        { $0 }
        self.defaults = defaults
        indices = Dictionary(plan.graph.nodes.enumerated().map { ($1.id, $0) }) { first, _ in first }
        incoming = Dictionary(grouping: plan.graph.edges, by: \.target)
        let outgoing = Dictionary(grouping: plan.graph.edges, by: \.source)
        self.outgoing = outgoing
        var waiting = plan.graph.nodes.filter { LiveSource.is($0, defaults: defaults) }.map(\.id)
        var live = Set(waiting)
        while let id = waiting.popLast() {
            for edge in outgoing[id] ?? [] where live.insert(edge.target).inserted { waiting.append(edge.target) }
        }
        self.live = live
        side = plan.graph.sideBranches { Self.isSwift($0, stages) }
    }

    /// What follows runs apart, behind a queue of its own, and holds up nobody.
    func isCut(_ edge: PlanEdge) -> Bool { side.contains(edge.target) && !side.contains(edge.source) }

    func node(_ id: String) -> PlanNode? { indices[id].map { nodes[$0] } }
    func inputs(of id: String) -> [PlanEdge] { incoming[id] ?? [] }
    func outputs(of id: String) -> [PlanEdge] { outgoing[id] ?? [] }
    func isLive(_ node: PlanNode) -> Bool { live.contains(node.id) }

    /// The GStreamer factory's name; nil for stages, caps and taps.
    func element(_ node: PlanNode) -> String? {
        guard case .named(let name, let gstreamerOnly) = node.kind else { return nil }
        return gstreamerOnly || !stages.contains(name) ? name : nil
    }

    /// Whether frames leave GStreamer here. Such an edge has a queue of its own that never holds up a live source.
    func isSwift(_ node: PlanNode) -> Bool { Self.isSwift(node, stages) }

    private static func isSwift(_ node: PlanNode, _ stages: Set<String>) -> Bool {
        switch node.kind {
        case .tap: true
        case .caps: false
        case .named(let name, let gstreamerOnly): !gstreamerOnly && stages.contains(name)
        }
    }

    /// Where each step has one input and one output: the nodes from `node` on, `node` included.
    func chain(from node: PlanNode) -> [PlanNode] {
        var chain = [node]
        var current = node
        while let edge = outputs(of: current.id).first, outputs(of: current.id).count == 1,
            let next = self.node(edge.target), inputs(of: next.id).count == 1, chain.count < 256
        {
            chain.append(next)
            current = next
        }
        return chain
    }

    /// A property as the text has it; of a parameter, its value or its default.
    func text(_ property: PropertyName, of node: PlanNode) -> String? {
        node.properties.first { $0.property == property }.flatMap { text(of: $0.value) }
    }

    func text(of value: PropertyValue) -> String? { Self.text(of: value, defaults: defaults) }

    static func text(of value: PropertyValue, defaults: [String: ParameterValue]) -> String? {
        switch value {
        case .literal(let text): text
        case .bound(let value, _): value.text
        case .parameter(let name): defaults[name]?.text
        }
    }

    static func isTrue(_ text: String?) -> Bool {
        text.map { ["true", "yes", "t", "1"].contains($0.lowercased()) } ?? false
    }
}

extension PlanNode {
    func sets(_ property: PropertyName) -> Bool { properties.contains { $0.property == property } }
}

/// Sources that give pictures when the world does, not when they are asked.
private enum LiveSource {
    private static let names: Set<String> = [
        "rtspsrc", "v4l2src", "udpsrc", "libcamerasrc", "nvarguscamerasrc", "nvv4l2camerasrc", "ximagesrc",
        "pipewiresrc",
        "srtsrc", "rtmpsrc", "rtmp2src", "rtspsrc2", "ndisrc", "decklinkvideosrc", "alsasrc", "pulsesrc",
        "autovideosrc",
        "aravissrc", "uvcsrc",
    ]

    static func `is`(_ node: PlanNode, defaults: [String: ParameterValue]) -> Bool {
        guard case .named(let name, _) = node.kind else { return false }
        if names.contains(name) { return true }
        func text(_ property: PropertyName) -> String? {
            node.properties.first { $0.property == property }.flatMap {
                LintGraph.text(of: $0.value, defaults: defaults)
            }
        }
        if LintGraph.isTrue(text("is-live")) { return true }
        return AutomaticElements.names.contains(name) && text("uri")?.lowercased().hasPrefix("rtsp") == true
    }
}
