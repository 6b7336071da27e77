/// Gives a plan something to watch: display sinks become taps, and a plan without any tap gets one.
struct PreviewTap {
    /// Elements that show pictures on a screen, which a server does not have.
    static let displaySinks: Set<String> = [
        "autovideosink", "xvimagesink", "ximagesink", "glimagesink", "glsinkbin", "gtksink", "gtkglsink",
        "gtk4paintablesink", "waylandsink", "kmssink", "fbdevsink", "fpsdisplaysink", "qmlglsink", "sdlvideosink",
        "cacasink", "aasink", "nveglglessink", "nv3dsink", "nvoverlaysink", "vaapisink", "d3dvideosink",
        "d3d11videosink",
        "osxvideosink", "clutterautovideosink",
    ]

    /// Properties of display sinks that mean nothing to a tap.
    private static let idleProperties: Set<PropertyName> = [
        "sync", "async", "qos", "force-aspect-ratio", "text-overlay",
    ]

    var graph: PlanGraph
    /// Its own warnings only: next to errors they would be noise.
    var diagnostics = DiagnosticList()
    let isTrusted: Bool

    init(graph: PlanGraph, isTrusted: Bool) {
        self.graph = graph
        self.isTrusted = isTrusted
    }

    mutating func replaceDisplaySinks() {
        let sources = Set(graph.edges.map(\.source))
        var renamed: [String: String] = [:]
        for index in graph.nodes.indices {
            let node = graph.nodes[index]
            guard case .named(let element, gstreamerOnly: false) = node.kind, Self.displaySinks.contains(element),
                !sources.contains(node.id), let feeding = graph.edges.first(where: { $0.target == node.id })
            else { continue }
            // `video-sink="filesink …"` must not vanish before the policy has seen it.
            if !isTrusted, node.properties.contains(where: { !Self.idleProperties.contains($0.property) }) { continue }
            let id = node.isNamed && PlanName.isValid(node.id) ? node.id : freeName("preview")
            diagnostics.warning(
                .displaySink, at: node.range, "'\(element)' becomes the tap '\(id)': a server has no screen",
                hint: "write streamtap name=\(id)")
            renamed[node.id] = id
            graph.nodes[index].id = id
            graph.nodes[index].kind = .tap
            graph.nodes[index].properties = []
            graph.sideTaps.append(PlanSideTap(nodeID: id, attachPoint: feeding.source))
        }
        guard !renamed.isEmpty else { return }
        for index in graph.edges.indices {
            graph.edges[index].target = renamed[graph.edges[index].target] ?? graph.edges[index].target
        }
    }

    /// - Parameter chainEnds: the last node of each chain, in the order of the text.
    mutating func addWhenThereIsNone(chainEnds: [String]) {
        guard graph.sideTaps.isEmpty else { return }
        let nodes = Dictionary(graph.nodes.map { ($0.id, $0) }) { first, _ in first }
        let outgoing = Dictionary(grouping: graph.edges, by: \.source)
        let incoming = Dictionary(grouping: graph.edges, by: \.target)
        let found = chainEnds.compactMap { watchable(from: $0, nodes: nodes, outgoing: outgoing, incoming: incoming) }
        // Where every stream of a file is led on already, nothing is left of it for a tap.
        if let found = found.first(where: { !isLedOn($0, outgoing) }) ?? found.first {
            let id = freeName("preview")
            graph.nodes.append(PlanNode(id: id, kind: .tap, isNamed: false, range: found.range))
            graph.edges.append(PlanEdge(from: found.id, to: id, range: found.range))
            graph.sideTaps.append(PlanSideTap(nodeID: id, attachPoint: found.id))
            diagnostics.warning(
                .impliedTap, at: found.range, "the plan has no streamtap; the tap '\(id)' shows this point of it",
                hint: "… ! streamtap name=\(id)")
            return
        }
        guard let first = graph.nodes.first else { return }
        diagnostics.warning(
            .impliedTap, at: first.range, "the plan has no streamtap and no point that shows pictures",
            hint: "hang one on a decoded stream: … ! streamtap")
    }

    private func isLedOn(_ node: PlanNode, _ outgoing: [String: [PlanEdge]]) -> Bool {
        guard case .named(let element, _) = node.kind else { return false }
        return AutomaticElements.names.contains(element) && outgoing[node.id] != nil
    }

    /// The last node of a chain that gives raw pictures or JPEG, as far as names tell: from the chain's end forward
    /// to where it leads, then back past sinks, muxers, payloaders, encoders and parsers.
    private func watchable(
        from end: String, nodes: [String: PlanNode], outgoing: [String: [PlanEdge]], incoming: [String: [PlanEdge]]
    ) -> PlanNode? {
        var current = end
        var seen: Set<String> = [end]
        while let edges = outgoing[current], edges.count == 1, seen.insert(edges[0].target).inserted {
            current = edges[0].target
        }
        seen = []
        var passing: PlanNode?
        while let node = nodes[current], seen.insert(current).inserted {
            switch MediaFlow(of: node) {
            case .pictures: return passing ?? node
            case .sound: return nil
            case .passes, .coded:
                passing = MediaFlow(of: node) == .passes ? passing ?? node : nil
                guard let edge = incoming[current]?.first else { return nil }
                current = edge.source
            }
        }
        return nil
    }

    func freeName(_ wanted: String) -> String {
        let taken = Set(graph.nodes.map(\.id))
        var name = wanted
        var number = 2
        while taken.contains(name) {
            name = "\(wanted)-\(number)"
            number += 1
        }
        return name
    }
}
