extension PreviewTap {
    /// Players that open a window, and what gives their pictures without one.
    private static let players = ["playbin": "uridecodebin", "playbin3": "uridecodebin3"]

    /// A player by itself becomes its decoder and a tap: a server has no screen, and the libraries of screens end a process that
    /// looks for one. Where the plan says where pictures go, it stays.
    mutating func replacePlayers() {
        // The policy sees text from the network as it stands.
        guard isTrusted else { return }
        let linked = Set(graph.edges.flatMap { [$0.source, $0.target] })
        for index in graph.nodes.indices {
            let node = graph.nodes[index]
            guard case .named(let element, gstreamerOnly: false) = node.kind, let decoder = Self.players[element],
                !linked.contains(node.id), !node.properties.contains(where: { $0.property == "video-sink" })
            else { continue }
            let id = freeName("preview")
            diagnostics.warning(
                .displaySink, at: node.range,
                "'\(element)' becomes '\(decoder)' and the tap '\(id)': a server has no screen",
                hint: "write \(decoder) uri=… ! streamtap name=\(id)")
            graph.nodes[index].kind = .named(decoder, gstreamerOnly: false)
            graph.nodes[index].properties.removeAll { $0.property != "uri" }
            graph.nodes.append(PlanNode(id: id, kind: .tap, isNamed: false, range: node.range))
            graph.edges.append(PlanEdge(from: node.id, to: id, range: node.range))
            graph.sideTaps.append(PlanSideTap(nodeID: id, attachPoint: node.id))
        }
    }
}
