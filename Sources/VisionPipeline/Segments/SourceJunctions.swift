internal import Plans

/// Finds where several cameras become one picture or one stream (`compositor`, `input-selector`, a muxer), without a stage between:
/// what they lead to together is cut off from each of them, so that one that is dead is tried again alone.
///
/// Only where all of them are live, and known to be before anything runs: a film waits for whoever takes it, and is shown from its
/// beginning with the others', which a cut would not let it.
struct SourceJunctions {
    private let nodes: [ResolvedNode]
    private let edges: [Segment.Link]
    private let sides: SideBranches
    private let isLive: Bool?
    /// By node, indices of edges that lead to it.
    private var incoming: [Int: [Int]] = [:]
    /// By node, the sources that something may come to it from, by whatever way.
    private var origins: [Set<Int>]
    /// By node, those of them that elements alone lead from, in the same pipeline.
    private var joined: [Set<Int>]
    /// By the edge's index.
    private(set) var cuts: [Int: Segment.Cut] = [:]

    /// - Parameters:
    ///   - sides: what has been cut off beside.
    ///   - isLive: what the plan says of all its sources.
    init(_ nodes: [ResolvedNode], _ edges: [Segment.Link], beside sides: SideBranches, isLive: Bool?) {
        self.nodes = nodes
        self.edges = edges
        self.sides = sides
        self.isLive = isLive
        for (number, edge) in edges.enumerated() { incoming[edge.target, default: []].append(number) }
        let own = nodes.indices.map { Set(nodes[$0].isSource ? [$0] : []) }
        (origins, joined) = (own, own)
        origins = spread(own) { _ in true }
        joined = spread(own) { isInOnePipeline($0) }
        for part in parts { cut(off: part) }
    }

    /// Whether what comes into a part of the plan comes from several sources.
    func isJunction(_ nodes: [Int]) -> Bool { nodes.contains { origins[$0].count > 1 } }

    /// Until nothing is new: plans may have rings, which are reported elsewhere.
    private func spread(_ start: [Set<Int>], _ takes: (Int) -> Bool) -> [Set<Int>] {
        var found = start
        var isNew = true
        while isNew {
            isNew = false
            for (number, edge) in edges.enumerated() where takes(number) {
                guard !found[edge.source].isSubset(of: found[edge.target]) else { continue }
                found[edge.target].formUnion(found[edge.source])
                isNew = true
            }
        }
        return found
    }

    private func isInOnePipeline(_ edge: Int) -> Bool {
        sides.cuts[edge] == nil && nodes[edges[edge].source].factory != nil && nodes[edges[edge].target].factory != nil
    }

    /// Something of several sources comes to it, and of one at least without a stage between.
    private func isBehindSeveral(_ node: Int) -> Bool {
        nodes[node].factory != nil && origins[node].count > 1 && !joined[node].isEmpty
    }

    /// What lies behind junctions, by what is linked together.
    private var parts: [Set<Int>] {
        var waiting = Set(nodes.indices.filter(isBehindSeveral))
        var parts: [Set<Int>] = []
        while let first = waiting.min() {
            var part: Set<Int> = [first]
            var isNew = true
            while isNew {
                isNew = false
                for (number, edge) in edges.enumerated() where isInOnePipeline(number) {
                    let ends = [edge.source, edge.target].filter { waiting.contains($0) }
                    guard ends.count == 2, part.contains(ends[0]) != part.contains(ends[1]) else { continue }
                    part.formUnion(ends)
                    isNew = true
                }
            }
            parts.append(part)
            waiting.subtract(part)
        }
        return parts
    }

    /// All ways into it, or none.
    private mutating func cut(off part: Set<Int>) {
        guard part.allSatisfy({ origins[$0].allSatisfy(isCamera) }) else { return }
        let ways = edges.indices.filter {
            isInOnePipeline($0) && part.contains(edges[$0].target) && !part.contains(edges[$0].source)
                // What comes of a stage has been parted by it.
                && !joined[edges[$0].source].isEmpty
        }
        var found: [Int: Segment.Cut] = [:]
        for way in ways {
            guard let cut = cut(at: way) else { return }
            found[way] = cut
        }
        cuts.merge(found) { $1 }
    }

    private func isCamera(_ source: Int) -> Bool { isLive ?? nodes[source].isKnownToBeLive }

    /// Nil where it is not known what comes there.
    private func cut(at way: Int) -> Segment.Cut? {
        var cut = Segment.Cut(number: way, link: edges[way], mediaTypes: [], isJunction: true)
        if let types = sides.types(over: way), !types.isEmpty {
            cut.mediaTypes = types
            return cut
        }
        // What takes nothing but pictures is given those of what may come, whichever pad they come by.
        guard let factory = nodes[edges[way].target].factory else { return nil }
        let taken = Set(factory.pads.filter { !$0.isSource }.map { Set($0.mediaTypes) })
        guard taken.count == 1, let type = taken.first?.first, taken.first?.count == 1, type.hasSuffix("/x-raw") else {
            return nil
        }
        (cut.mediaTypes, cut.isChosenByType) = ([type], true)
        return cut
    }
}

extension ResolvedNode {
    /// An element that nothing leads to.
    var isSource: Bool { factory?.hasSink == false }

    private static let microphones: Set<String> = [
        "alsasrc", "pulsesrc", "pipewiresrc", "jackaudiosrc", "osssrc", "oss4src", "autoaudiosrc",
    ]

    /// A source that gives pictures as they are captured, as far as can be told before it is asked.
    var isKnownToBeLive: Bool {
        guard let name = factory?.name else { return false }
        if name == "rtspsrc" || BuiltSource.senders.contains(name) || Self.microphones.contains(name) { return true }
        if let text = node.text(of: "is-live")?.lowercased() { return ["true", "t", "yes", "1"].contains(text) }
        guard name.hasPrefix("uridecodebin") || name == "urisourcebin", let uri = node.text(of: "uri") else {
            return false
        }
        return ["rtsp", "rtsps", "rtspt", "rtspu", "udp", "srt", "rtmp", "tcp"].contains {
            uri.lowercased().hasPrefix("\($0)://")
        }
    }
}
