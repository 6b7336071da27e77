/// A plan whose camera is to be left alone while nobody looks, with something in it that always looks: a stage, which may be there for what it
/// finds, or an element that keeps or sends on what comes.
struct OnDemandCapture: LintRule {
    func check(_ flow: LintGraph, _ diagnostics: inout DiagnosticList) {
        guard flow.capturesOnDemand, let node = Self.keeping(flow) else { return }
        diagnostics.warning(
            .alwaysCaptured, at: node.range, "the camera is asked all the time, for '\(node.id)'",
            hint: "leave out 'capture: on-demand', or make a plan of its own for whoever only looks")
    }

    /// The first node that takes pictures whether anybody looks or not; nil: there is none.
    static func keeping(_ flow: LintGraph) -> PlanNode? {
        flow.nodes.first { node in
            if case .tap = node.kind { return false }
            return flow.isSwift(node) || flow.outputs(of: node.id).isEmpty
        }
    }
}
