/// Pictures whose rows are of two moments show combs wherever something moves, and stages see them.
struct InterlacedPictures: LintRule {
    func check(_ flow: LintGraph, _ diagnostics: inout DiagnosticList) {
        var seen: Set<String> = []
        for node in flow.nodes where Self.interlaces(node, flow) && Self.isSeen(node, flow, &seen) {
            diagnostics.warning(
                .interlacedPictures, at: Self.place(of: node), "stages and taps behind it get interlaced pictures",
                hint: "write ! deinterlace before the first stage or tap")
        }
        for node in Self.behindStages(flow) where flow.element(node) == "deinterlace" {
            guard flow.text("mode", of: node) == nil || flow.text("mode", of: node) == "auto" else { continue }
            diagnostics.warning(
                .interlacedPictures, at: node.range, "behind a stage deinterlace takes every picture for progressive",
                hint: "write it before the first stage, or mode=interlaced")
        }
    }

    private static let modes: Set<String> = ["interleaved", "mixed", "fields", "alternate"]

    /// Whether pictures are interlaced from this node on, as the text has it.
    private static func interlaces(_ node: PlanNode, _ flow: LintGraph) -> Bool {
        switch node.kind {
        case .tap: false
        case .named: flow.element(node) == "interlace"
        case .caps(let structures):
            // `(string)interleaved`, `{interleaved,mixed}`
            structures.contains { structure in
                guard let field = mode(of: structure), let text = flow.text(of: field.value) else { return false }
                let words = text.split { "{}(), \"".contains($0) }.map(String.init).filter { $0 != "string" }
                return !words.isEmpty && words.allSatisfy(modes.contains)
            }
        }
    }

    private static func mode(of structure: CapsStructure) -> PropertyAssignment? {
        structure.fields.first { $0.name == "interlace-mode" }
    }

    private static func place(of node: PlanNode) -> SourceRange {
        guard case .caps(let structures) = node.kind, let field = structures.compactMap(mode).first else {
            return node.range
        }
        return field.nameRange
    }

    /// Whether they come to a stage or tap as they are.
    ///
    /// - Parameter seen: nodes that have been looked at, for any picture: each is, once.
    private static func isSeen(_ start: PlanNode, _ flow: LintGraph, _ seen: inout Set<String>) -> Bool {
        var isSeen = false
        var waiting = [start]
        while let node = waiting.popLast() {
            for edge in flow.outputs(of: node.id) where seen.insert(edge.target).inserted {
                guard let next = flow.node(edge.target) else { continue }
                if flow.isSwift(next) {
                    isSeen = true
                } else if !(flow.element(next)?.contains("deinterlace") ?? false) {
                    waiting.append(next)
                }
            }
        }
        return isSeen
    }

    /// In the order of the text.
    private static func behindStages(_ flow: LintGraph) -> [PlanNode] {
        var waiting = flow.nodes.filter(flow.isSwift)
        var behind: Set<String> = []
        while let node = waiting.popLast() {
            for edge in flow.outputs(of: node.id) where behind.insert(edge.target).inserted {
                if let next = flow.node(edge.target) { waiting.append(next) }
            }
        }
        return flow.nodes.filter { behind.contains($0.id) }
    }
}
