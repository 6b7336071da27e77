/// Turns chains into a graph: gives ids, looks names up, makes taps side branches.
struct GraphAssembler {
    private let draft: GraphDraft
    var diagnostics: DiagnosticList
    private(set) var graph = PlanGraph()
    /// Index of a node by its id.
    private var indices: [String: Int] = [:]
    /// The last node of each chain.
    private(set) var chainEnds: [String] = []
    private var reportedNames: Set<String> = []

    init(_ draft: GraphDraft, diagnostics: DiagnosticList) {
        self.draft = draft
        self.diagnostics = diagnostics
    }

    mutating func assemble() {
        nameNodes()
        linkNodes()
        moveLinksPastTaps()
        reportCycle()
        chainEnds = draft.chainEnds.compactMap { end in
            switch end {
            case .node(let index): graph.nodes[index].id
            case .reference(let name, _): indices[name] == nil ? nil : name
            case .unknown: nil
            }
        }
    }

    private mutating func nameNodes() {
        var taken: [String: SourceRange] = [:]
        for node in draft.nodes {
            guard let name = node.name else { continue }
            let range = node.nameRange ?? node.range
            if let first = taken[name] {
                diagnostics.error(
                    .duplicateName, at: range, "the name '\(name)' is taken in line \(first.line)",
                    hint: "names are unique in a plan")
            } else {
                taken[name] = range
            }
        }
        var names = NodeNames(taken: Set(taken.keys))
        for (index, node) in draft.nodes.enumerated() {
            let made = names.next(for: node)
            // The second of two names stays out of the way, so that its links are not taken for the first one's.
            let id = node.name.map { indices[$0] == nil ? $0 : "\($0) (\(index))" } ?? made
            indices[id] = index
            graph.nodes.append(
                PlanNode(
                    id: id, kind: node.kind, isNamed: node.name != nil, properties: node.properties,
                    range: node.range))
        }
    }

    private mutating func resolve(_ node: GraphDraft.Node) -> Int? {
        switch node {
        case .node(let index): return index
        case .unknown: return nil
        case .reference(let name, let range):
            if let index = indices[name] { return index }
            if !draft.refusedNames.contains(name), reportedNames.insert(name).inserted {
                diagnostics.error(
                    .unknownBranch, at: range, "nothing in the plan is named '\(name)'",
                    hint: NearestName.hint(for: name, in: graph.nodes.lazy.filter(\.isNamed).map(\.id))
                        ?? "name the element it stands for: … name=\(name)")
            }
            return nil
        }
    }

    private mutating func linkNodes() {
        for link in draft.links {
            let source = resolve(link.source.node)
            let target = resolve(link.target.node)
            guard let source, let target else { continue }
            graph.edges.append(
                PlanEdge(
                    from: graph.nodes[source].id, pad: link.source.pad, to: graph.nodes[target].id,
                    pad: link.target.pad, range: link.range))
        }
        // What follows something refused is linked, as far as anybody can tell.
        let unknownTargets = draft.links.compactMap { link -> Int? in
            guard case .node(let index) = link.target.node else { return nil }
            return index
        }
        reportUnfed(linked: Set(unknownTargets))
    }

    /// A tap or a caps filter that nothing flows into cannot do anything.
    private mutating func reportUnfed(linked: Set<Int>) {
        let fed = Set(graph.edges.map(\.target))
        for (index, node) in graph.nodes.enumerated() where !fed.contains(node.id) && !linked.contains(index) {
            switch node.kind {
            case .tap:
                diagnostics.error(
                    .stageNeedsInput, at: node.range, "expected something before this streamtap",
                    hint: "a tap stands behind the node it shows: NAME. ! streamtap")
            case .caps:
                diagnostics.error(
                    .stageNeedsInput, at: node.range, "expected an element before this caps filter",
                    hint: "a caps filter stands between two elements: … ! video/x-raw,width=640 ! …")
            case .named: break
            }
        }
    }

    /// A tap passes frames on: what follows it is linked from the node before it.
    private mutating func moveLinksPastTaps() {
        var feeding: [String: PlanEdge] = [:]
        let taps = Set(graph.nodes.lazy.filter { $0.kind == .tap }.map(\.id))
        guard !taps.isEmpty else { return }
        for edge in graph.edges where taps.contains(edge.target) {
            if feeding[edge.target] != nil {
                diagnostics.error(
                    .cannotLink, at: edge.range, "'\(edge.target)' has an input already, and a tap has one")
            } else {
                feeding[edge.target] = edge
            }
        }
        var origins: [String: (node: String, pad: String?)] = [:]
        func origin(of tap: String) -> (node: String, pad: String?)? {
            var passed: [String] = []
            var current = tap
            var seen: Set<String> = []
            while let edge = feeding[current], seen.insert(current).inserted {
                passed.append(current)
                let found = origins[edge.source] ?? (taps.contains(edge.source) ? nil : (edge.source, edge.sourcePad))
                if let found {
                    for name in passed { origins[name] = found }
                    return found
                }
                current = edge.source
            }
            return nil
        }
        graph.edges = graph.edges.compactMap { edge in
            guard taps.contains(edge.source) else { return edge }
            guard let found = origin(of: edge.source) else {
                if feeding[edge.source] != nil {
                    diagnostics.error(
                        .cannotLink, at: edge.range, "frames would run in a circle through '\(edge.source)'")
                }
                return nil
            }
            var moved = edge
            moved.source = found.node
            moved.sourcePad = found.pad
            return moved
        }
        for node in graph.nodes where node.kind == .tap {
            guard let found = origin(of: node.id) else { continue }
            graph.sideTaps.append(PlanSideTap(nodeID: node.id, attachPoint: found.node))
        }
    }

    /// Frames that come back to where they were would never stop.
    private mutating func reportCycle() {
        var waiting: [String: Int] = [:]
        var outgoing: [String: [PlanEdge]] = [:]
        for edge in graph.edges {
            waiting[edge.target, default: 0] += 1
            outgoing[edge.source, default: []].append(edge)
        }
        var ready = graph.nodes.lazy.map(\.id).filter { waiting[$0] == nil } as [String]
        var ordered = Set(ready)
        while let id = ready.popLast() {
            for edge in outgoing[id] ?? [] {
                let left = (waiting[edge.target] ?? 1) - 1
                waiting[edge.target] = left
                if left == 0, ordered.insert(edge.target).inserted { ready.append(edge.target) }
            }
        }
        guard
            let edge = graph.edges.last(where: { !ordered.contains($0.source) && !ordered.contains($0.target) })
        else { return }
        diagnostics.error(
            .cannotLink, at: edge.range, "frames would run in a circle from '\(edge.source)' to '\(edge.target)'")
    }
}
