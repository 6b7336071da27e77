extension PlanGraph {
    /// Elements and caps filters beside the way to a stage or a tap: they run apart from it, and may fail without stopping it.
    ///
    /// By the graph alone; where elements' pads leave no other choice, the first of them stay with their source.
    ///
    /// - Parameter isSwift: whether a node is a stage or a tap.
    public func sideBranches(isSwift: (PlanNode) -> Bool) -> Set<String> {
        let swift = Set(nodes.filter(isSwift).map(\.id))
        let flow = elementEdges
        let outgoing = Dictionary(grouping: flow, by: \.source).mapValues { $0.map(\.target) }
        let incoming = Dictionary(grouping: flow, by: \.target).mapValues { $0.map(\.source) }
        let fed = Set(flow.map(\.target))
        let sources = Set(nodes.map(\.id)).subtracting(fed).subtracting(swift)
        // Never through Swift: what is behind a stage is a branch of another kind.
        let fromSources = Self.reach(sources) { (outgoing[$0] ?? []).filter { !swift.contains($0) } }
        let last = Set(flow.filter { swift.contains($0.target) && !swift.contains($0.source) }.map(\.source))
        let core = Self.reach(last) { (incoming[$0] ?? []).filter { !swift.contains($0) } }
            .intersection(fromSources)
        let idle = Set(nodes.filter(\.isIdle).map(\.id))
        var side: Set<String> = []
        var seen = core
        for start in nodes.map(\.id) where fromSources.contains(start) && !seen.contains(start) {
            let part = Self.reach([start]) { id in
                ((outgoing[id] ?? []) + (incoming[id] ?? [])).filter { !core.contains($0) && !swift.contains($0) }
            }
            seen.formUnion(part)
            if part.isDisjoint(with: sources), !part.isSubset(of: idle) { side.formUnion(part) }
        }
        return side
    }

    /// Edges past taps, which pass on what they get.
    private var elementEdges: [(source: String, target: String)] {
        let taps = Set(nodes.filter { $0.kind == .tap }.map(\.id))
        let feeds = Dictionary(edges.map { ($0.target, $0.source) }, uniquingKeysWith: { first, _ in first })
        return edges.map { edge in
            var source = edge.source
            // A ring of taps only would never end.
            for _ in taps where taps.contains(source) { source = feeds[source] ?? source }
            return (source, edge.target)
        }
    }

    private static func reach(_ start: Set<String>, _ next: (String) -> [String]) -> Set<String> {
        var found = start
        var waiting = Array(start)
        while let id = waiting.popLast() {
            for other in next(id) where found.insert(other).inserted { waiting.append(other) }
        }
        return found
    }
}

extension PlanNode {
    /// It only passes on what it gets, or throws it away.
    fileprivate var isIdle: Bool {
        switch kind {
        case .named(let name, _):
            ["queue", "queue2", "tee", "identity", "valve", "fakesink", "fakevideosink", "fakeaudiosink"].contains(name)
        case .caps: true
        case .tap: false
        }
    }
}
