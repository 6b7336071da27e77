internal import Plans

/// GStreamer elements linked without a stage between them: one pipeline with its own bus, state and end.
struct Segment {
    /// Indices of the plan's nodes, in the order of the text.
    var nodes: [Int]
    var links: [Link] = []
    /// Where frames leave for Swift.
    var outlets: [Outlet] = []
    /// Where frames come in from a stage, or what was cut off from another segment.
    var inlets: [Inlet] = []
    /// Where what flows on does so in a segment of its own.
    var cuts: [Cut] = []
    /// Nodes that are linked to or from something unknown; already reported.
    var openSources: Set<Int> = []
    var openTargets: Set<Int> = []
    /// What comes into it comes from several sources, each with a delay of its own.
    var isJunction = false

    /// Everything that flows in it comes from stages and other segments.
    func isBranch(_ nodes: [ResolvedNode]) -> Bool {
        !inlets.isEmpty && !self.nodes.contains { nodes[$0].factory.map { !$0.hasSink } ?? false }
    }

    /// New ways in, in the order of `inlets`.
    func makeInlets(_ nodes: [ResolvedNode]) -> [BranchInlet] {
        func isSound(_ inlet: Inlet) -> Bool {
            guard let types = inlet.cut?.mediaTypes, !types.isEmpty else { return false }
            return types.allSatisfy { StreamCaps.media(of: $0) == .sound }
        }
        let hasPictures = inlets.contains { !isSound($0) }
        // With stages behind, or a source of its own, it is not made anew for other caps: there the muxer says no to them.
        let isBound = isBranch(nodes) && outlets.isEmpty && self.nodes.contains { nodes[$0].factory?.isMuxer == true }
        return inlets.map {
            BranchInlet(
                followsPictures: hasPictures && isSound($0) && !isJunction, isAlone: inlets.count == 1,
                isBoundToCaps: isBound, declaresDelay: isJunction && inlets.count > 1)
        }
    }

    /// Elements without an input from which what leaves at an outlet comes, in the order of the text.
    func sources(of outlet: Outlet, _ nodes: [ResolvedNode]) -> [Int] { sources(before: outlet.source, nodes) }

    /// Nodes that make one of what comes from several sources, and the sources of which alone something comes to them.
    func junctions(_ nodes: [ResolvedNode]) -> (nodes: Set<Int>, sources: Set<Int>) {
        var found: (nodes: Set<Int>, sources: Set<Int>) = ([], [])
        for link in links where sources(before: link.target, nodes).count > 1 {
            let before = sources(before: link.source, nodes)
            guard let source = before.first, before.count == 1 else { continue }
            found.nodes.insert(link.target)
            found.sources.insert(source)
        }
        return found
    }

    /// What leaves at an outlet comes through an element that passes on only what it is told to: that nothing comes there says
    /// nothing of its sources.
    func mayBeSilent(_ outlet: Outlet, _ nodes: [ResolvedNode]) -> Bool {
        before(outlet.source).contains { ["valve", "output-selector"].contains(nodes[$0].factory?.name) }
    }

    private func sources(before node: Int, _ nodes: [ResolvedNode]) -> [Int] {
        before(node).filter { node in nodes[node].factory.map { !$0.hasSink } ?? false }.sorted()
    }

    /// A node, and all that leads to it.
    private func before(_ node: Int) -> Set<Int> {
        var seen: Set<Int> = [node]
        var open = [node]
        while let node = open.popLast() {
            for link in links where link.target == node && seen.insert(link.source).inserted {
                open.append(link.source)
            }
        }
        return seen
    }

    /// The node that makes what leaves at `node`: elements that pass on what they get are looked through.
    func producer(of node: Int, _ nodes: [ResolvedNode]) -> Int {
        var node = node
        for _ in self.nodes {
            guard let name = nodes[node].factory?.name, Self.passing.contains(name),
                let link = links.first(where: { $0.target == node })
            else { break }
            node = link.source
        }
        return node
    }

    /// What each chain behind a source takes whose pads come while it runs, as caps; nil: anything, or not known.
    ///
    /// - Parameter caps: of caps filters, by node.
    func takers(of source: Int, _ nodes: [ResolvedNode], caps: [Int: String]) -> [String?] {
        guard !outlets.contains(where: { $0.source == source }), !cuts.contains(where: { $0.link.source == source })
        else { return [] }
        return links.filter { $0.source == source }.map { link in
            // A pad with a name is one that the plan has chosen.
            link.sourcePad != nil ? nil : caps[link.target] ?? nodes[link.target].factory?.onlySinkCaps
        }
    }

    static let passing: Set<String> = [
        "queue", "queue2", "identity", "tee", "valve", "watchdog", "progressreport", "clocksync", "capsfilter",
    ]

    /// Nodes that something follows.
    var feeding: Set<Int> { Set(links.map(\.source) + outlets.map(\.source) + cuts.map(\.link.source)) }

    /// What people call it: the first element that they named, else its sink.
    func name(_ nodes: [ResolvedNode]) -> String {
        let feeding = feeding
        let node =
            self.nodes.first { nodes[$0].node.isNamed } ?? self.nodes.first { !feeding.contains($0) }
            ?? self.nodes.first
        return node.map { nodes[$0].node.id } ?? ""
    }

    /// From one element to another.
    struct Link {
        var source: Int
        var sourcePad: String?
        var target: Int
        var targetPad: String?
        var range: SourceRange
    }

    /// Everything in Swift that hangs on one pad.
    struct Outlet {
        var source: Int
        var sourcePad: String?
        /// Stages and taps, in the order of the text.
        var targets: [Int]
        var range: SourceRange
    }

    /// A stage's frames into an element, or what comes from an element of another segment.
    struct Inlet {
        var source: Int
        var target: Int
        var targetPad: String?
        var range: SourceRange
        /// Nil for a stage's frames.
        var cut: Cut?
    }

    /// A link whose two ends stand in two segments.
    struct Cut {
        /// Of the plan.
        var number: Int
        var link: Link
        /// What could come over it; empty where that is not known.
        var mediaTypes: [String]
        /// Between a camera and what makes one of several; else beside what leads to Swift.
        var isJunction = false
        /// Of several pads that may come, the one that gives such is meant.
        var isChosenByType = false
    }
}
