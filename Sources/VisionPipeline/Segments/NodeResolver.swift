internal import Plans
internal import WorkerLink

/// Finds what each node's name stands for: a stage, else an element.
struct NodeResolver {
    var stages: StageCatalog
    private(set) var diagnostics: [Diagnostic] = []

    init(stages: StageCatalog) {
        self.stages = stages
    }

    mutating func resolve(_ node: PlanNode) -> ResolvedNode {
        ResolvedNode(node: node, kind: kind(of: node))
    }

    private mutating func kind(of node: PlanNode) -> ResolvedNode.Kind {
        switch node.kind {
        case .tap:
            return .tap
        case .caps:
            return element("capsfilter", node)
        case .named(let name, gstreamerOnly: true):
            return element(name, node)
        case .named(let name, gstreamerOnly: false):
            guard let stage = stages.stage(named: name) else { return element(name, node) }
            if ElementFactory(named: name) != nil {
                diagnostics.append(
                    Diagnostic(
                        .warning, .stageHidesElement, at: node.range,
                        "'\(name)' is the vision stage, not the GStreamer element of the same name",
                        hint: "write gst:\(name) for the element"))
            }
            return .stage(stage)
        }
    }

    private mutating func element(_ name: String, _ node: PlanNode) -> ResolvedNode.Kind {
        if let factory = ElementFactory(named: name) { return .element(factory) }
        let hint: String? =
            if let package = DebianPackage.holding(name) {
                "install the Debian package \(package)"
            } else {
                NearestName.of(name, in: ["streamtap"] + stages.descriptions.map(\.name) + ElementFactory.allNames.sorted())
                    .map { "did you mean '\($0)'?" }
            }
        diagnostics.append(
            Diagnostic(.error, .unknownElement, at: node.range, "there is no element or stage '\(name)'", hint: hint))
        return .unknown
    }
}
