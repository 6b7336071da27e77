internal import Plans

/// Cuts a plan's graph at its borders between GStreamer and Swift.
struct SegmentPlanner {
    private let nodes: [ResolvedNode]
    /// Edges by node index; an edge out of a tap starts at the node that the tap hangs on.
    private(set) var edges: [Segment.Link] = []
    private(set) var diagnostics: [Diagnostic] = []
    private let isLive: Bool?

    /// - Parameter isLive: what the plan says of all its sources.
    init(_ nodes: [ResolvedNode], _ planEdges: [PlanEdge], isLive: Bool? = nil) {
        self.nodes = nodes
        self.isLive = isLive
        let index = Dictionary(nodes.enumerated().map { ($1.node.id, $0) }, uniquingKeysWith: { first, _ in first })
        let feeds = Dictionary(planEdges.map { ($0.target, $0) }, uniquingKeysWith: { first, _ in first })
        for edge in planEdges {
            var (source, pad) = (edge.source, edge.sourcePad)
            // Taps pass frames on; a ring of taps only would never end.
            for _ in nodes.indices {
                guard let tap = index[source], nodes[tap].isTap, let feed = feeds[source] else { break }
                (source, pad) = (feed.source, feed.sourcePad)
            }
            guard let from = index[source], let to = index[edge.target] else { continue }
            if let factory = nodes[from].factory, pad == factory.onlySource { pad = nil }
            edges.append(
                Segment.Link(source: from, sourcePad: pad, target: to, targetPad: edge.targetPad, range: edge.range))
        }
        checkSwiftInputs()
    }

    func segments() -> [Segment] {
        var group = Array(nodes.indices)
        func root(_ node: Int) -> Int {
            var node = node
            while group[node] != node { node = group[node] }
            return node
        }
        let isElement = nodes.map { $0.factory != nil }
        let sides = SideBranches(nodes, edges)
        let junctions = SourceJunctions(nodes, edges, beside: sides, isLive: isLive)
        var cuts = junctions.cuts
        for (number, types) in sides.cuts {
            cuts[number] = Segment.Cut(number: number, link: edges[number], mediaTypes: types)
        }
        for (number, edge) in edges.enumerated()
        where cuts[number] == nil && isElement[edge.source] && isElement[edge.target] {
            let (a, b) = (root(edge.source), root(edge.target))
            group[max(a, b)] = min(a, b)
        }
        var segments: [Int: Segment] = [:]
        for node in nodes.indices where isElement[node] {
            segments[root(node), default: Segment(nodes: [])].nodes.append(node)
        }
        for (number, edge) in edges.enumerated() {
            switch (isElement[edge.source], isElement[edge.target]) {
            case (true, true) where cuts[number] != nil:
                guard let cut = cuts[number] else { continue }
                segments[root(edge.source)]?.cuts.append(cut)
                segments[root(edge.target)]?.inlets.append(
                    Segment.Inlet(
                        source: edge.source, target: edge.target, targetPad: edge.targetPad, range: edge.range,
                        cut: cut))
            case (true, true):
                segments[root(edge.source)]?.links.append(edge)
            case (true, false) where nodes[edge.target].isSwift:
                segments[root(edge.source)]?.add(edge)
            case (false, true) where nodes[edge.source].isSwift:
                segments[root(edge.target)]?.inlets.append(
                    Segment.Inlet(
                        source: edge.source, target: edge.target, targetPad: edge.targetPad, range: edge.range))
            case (true, false):
                // To something unknown, which is reported already.
                segments[root(edge.source)]?.openSources.insert(edge.source)
            case (false, true):
                segments[root(edge.target)]?.openTargets.insert(edge.target)
            default:
                break
            }
        }
        for key in segments.keys {
            guard let nodes = segments[key]?.nodes else { continue }
            segments[key]?.isJunction = junctions.isJunction(nodes)
        }
        return segments.sorted { $0.key < $1.key }.map(\.value)
    }

    private mutating func checkSwiftInputs() {
        for (index, node) in nodes.enumerated() where node.isSwift {
            let inputs = edges.filter { $0.target == index }
            if inputs.isEmpty {
                diagnostics.append(
                    Diagnostic(
                        .error, .stageNeedsInput, at: node.node.range, "nothing feeds '\(node.node.id)'",
                        hint: "put a source before it, for example: videotestsrc ! …"))
            }
            for extra in inputs.dropFirst() {
                diagnostics.append(
                    Diagnostic(
                        .error, .cannotLink, at: extra.range, "'\(node.node.id)' already has an input; it takes one"))
            }
        }
    }
}

extension Segment {
    fileprivate mutating func add(_ edge: Link) {
        if let same = outlets.firstIndex(where: { $0.source == edge.source && $0.sourcePad == edge.sourcePad }) {
            outlets[same].targets.append(edge.target)
        } else {
            outlets.append(
                Outlet(source: edge.source, sourcePad: edge.sourcePad, targets: [edge.target], range: edge.range))
        }
    }
}
