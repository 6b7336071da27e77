internal import Plans

/// Finds what hangs on a segment with sources and leads to sinks of its own, never to Swift: a recording of the camera's
/// coded video, say. It is cut off, so that a full disk is not the end of the live picture.
///
/// What is cut off has no source of its own, ends in sinks alone, and is reached over links whose pads are there from the
/// start and say what comes; what several such links lead to, as pictures and sound to a muxer, stays together.
struct SideBranches {
    private let nodes: [ResolvedNode]
    private let edges: [Segment.Link]
    /// By node, indices of edges between elements.
    private var outgoing: [Int: [Int]] = [:]
    private var incoming: [Int: [Int]] = [:]
    /// Nodes that stay with the sources: what leads to Swift, and what cannot be parted from it.
    private var core: Set<Int> = []
    /// Nodes that lead to something unknown, which is reported.
    private let open: Set<Int>
    /// By the edge's index, the media types that could come over it.
    private(set) var cuts: [Int: [String]] = [:]

    init(_ nodes: [ResolvedNode], _ edges: [Segment.Link]) {
        self.nodes = nodes
        self.edges = edges
        open = Set(edges.filter { nodes[$0.target].factory == nil && !nodes[$0.target].isSwift }.map(\.source))
        for (number, edge) in edges.enumerated()
        where nodes[edge.source].factory != nil && nodes[edge.target].factory != nil {
            outgoing[edge.source, default: []].append(number)
            incoming[edge.target, default: []].append(number)
        }
        core = ancestorsOfSwift()
        for node in nodes.indices where nodes[node].factory?.hasSink == false { keepWithSources(from: node) }
        for link in edges.indices where crosses(link) { settle(link) }
    }

    /// Elements that pictures pass on their way from a source to Swift.
    private func ancestorsOfSwift() -> Set<Int> {
        let last = Set(edges.filter { nodes[$0.source].factory != nil && nodes[$0.target].isSwift }.map(\.source))
        let sources = Set(nodes.indices.filter { nodes[$0].factory?.hasSink == false })
        return Self.reach(last) { (incoming[$0] ?? []).map { edges[$0].source } }
            .intersection(Self.reach(sources) { (outgoing[$0] ?? []).map { edges[$0].target } })
    }

    private static func reach(_ start: Set<Int>, _ next: (Int) -> [Int]) -> Set<Int> {
        var waiting = Array(start)
        var found = start
        while let node = waiting.popLast() {
            for other in next(node) where found.insert(other).inserted { waiting.append(other) }
        }
        return found
    }

    /// A source that does not lead to Swift keeps what it leads to: a microphone's time is its pipeline's.
    private mutating func keepWithSources(from source: Int) {
        guard !core.contains(source) else { return }
        core.formUnion(part(of: source))
    }

    private func crosses(_ link: Int) -> Bool {
        core.contains(edges[link].source) && nodes[edges[link].target].factory != nil
            && !core.contains(edges[link].target)
    }

    /// What is connected without going through the core.
    private func part(of node: Int) -> Set<Int> {
        Self.reach([node]) { node in
            ((outgoing[node] ?? []).map { edges[$0].target } + (incoming[node] ?? []).map { edges[$0].source })
                .filter { !core.contains($0) }
        }
    }

    /// Cuts the part that a link leads to, or leaves it where it is.
    private mutating func settle(_ first: Int) {
        // Behind a pad that appears later, what makes one kind of stream of it stays with the core.
        while crosses(first), cuts[first] == nil {
            let part = part(of: edges[first].target)
            guard part.allSatisfy({ endsWell($0) }), !part.allSatisfy({ isIdle($0) }) else {
                core.formUnion(part)
                return
            }
            let ways = edges.indices.filter { crosses($0) && part.contains(edges[$0].target) }
            guard let open = ways.first(where: { types(over: $0) == nil }) else {
                for way in ways { cuts[way] = types(over: way) ?? [] }
                return
            }
            let target = edges[open].target
            // A muxer is told of the end where its branch is; between the core and its file nothing would tell it.
            guard incoming[target]?.count == 1, let factory = nodes[target].factory, factory.hasSource, !factory.isMuxer
            else {
                core.formUnion(part)
                return
            }
            core.insert(target)
            // What is left may be several parts by now.
            for next in outgoing[target] ?? [] where next != first { settle(next) }
        }
    }

    /// It is followed by something, or is a sink.
    private func endsWell(_ node: Int) -> Bool {
        guard let factory = nodes[node].factory, !open.contains(node) else { return false }
        return outgoing[node]?.isEmpty == false || !factory.hasSource
    }

    /// It only passes things on, or away.
    private func isIdle(_ node: Int) -> Bool {
        guard let name = nodes[node].factory?.name else { return false }
        return Segment.passing.contains(name) || ["fakesink", "fakevideosink", "fakeaudiosink"].contains(name)
    }

    /// What could come over a link; nil where it cannot be cut.
    func types(over link: Int) -> [String]? {
        var (link, passed) = (edges[link], 0)
        let target = link.target
        while passed < nodes.count {
            guard let factory = nodes[link.source].factory else { return nil }
            if case .caps(let structures) = nodes[link.source].node.kind, !structures.isEmpty {
                return usable(Array(Set(structures.map(\.mediaType))).sorted(), before: target)
            }
            guard Segment.passing.contains(factory.name), let only = incoming[link.source]?.first,
                incoming[link.source]?.count == 1
            else {
                // Nothing but a camera's pictures comes so, though the pad says nothing.
                if factory.name == "multipartdemux", writesJPEG(target) { return ["image/jpeg"] }
                return usable(typesLeaving(factory, link.sourcePad), before: target)
            }
            (link, passed) = (edges[only], passed + 1)
        }
        return nil
    }

    /// Whether pictures go on there as they are: what has to be parsed stays where it is known which of them are whole.
    private func writesJPEG(_ node: Int) -> Bool {
        var node = node
        for _ in nodes.indices {
            guard let factory = nodes[node].factory else { return false }
            guard Segment.passing.contains(factory.name), let next = outgoing[node]?.first else {
                return (factory.isMuxer || !factory.hasSource) && factory.couldTake("image/jpeg")
            }
            node = edges[next].target
        }
        return false
    }

    private func typesLeaving(_ factory: ElementFactory, _ pad: String?) -> [String]? {
        let pads = factory.pads.filter(\.isSource)
        guard !pads.isEmpty, !pads.contains(where: { $0.presence == .sometimes }) else { return nil }
        guard factory.onlySource != nil || pad != nil || pads.count == 1 else { return nil }
        return pads.contains { $0.mediaTypes.isEmpty } ? [] : Array(Set(pads.flatMap(\.mediaTypes))).sorted()
    }

    /// Packets are no beginning of anything; what could be anything needs a target that has no choice between its pads.
    private func usable(_ types: [String]?, before target: Int) -> [String]? {
        guard let types, !types.contains("application/x-rtp") else { return nil }
        guard types.isEmpty else { return types }
        var node = target
        for _ in nodes.indices {
            guard let factory = nodes[node].factory, factory.onlySink != nil else { return nil }
            guard Segment.passing.contains(factory.name), let next = outgoing[node]?.first, outgoing[node]?.count == 1
            else { return types }
            node = edges[next].target
        }
        return nil
    }
}
