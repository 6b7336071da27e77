internal import Plans

/// GStreamer elements linked without a stage between them: one pipeline with its own bus, state and end.
struct Segment {
    /// Indices of the plan's nodes, in the order of the text.
    var nodes: [Int]
    var links: [Link] = []
    /// Where frames leave for Swift.
    var outlets: [Outlet] = []
    /// Where frames come in from a stage.
    var inlets: [Inlet] = []
    /// Nodes that are linked to or from something unknown; already reported.
    var openSources: Set<Int> = []
    var openTargets: Set<Int> = []

    /// Everything that flows in it comes from stages.
    func isBranch(_ nodes: [ResolvedNode]) -> Bool {
        !inlets.isEmpty && !self.nodes.contains { nodes[$0].factory.map { !$0.hasSink } ?? false }
    }

    /// What people call it: the first element that they named, else its sink.
    func name(_ nodes: [ResolvedNode]) -> String {
        let feeding = Set(links.map(\.source) + outlets.map(\.source))
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

    /// A stage's frames into an element.
    struct Inlet {
        var source: Int
        var target: Int
        var targetPad: String?
        var range: SourceRange
    }
}
