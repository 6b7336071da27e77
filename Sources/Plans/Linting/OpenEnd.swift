/// A chain that ends in an element which wants to pass something on: nothing takes it, and the source stops with
/// an error. A chain may end in a stage.
struct OpenEnd: LintRule {
    /// Elements without outputs whose names do not say so.
    private static let ends: Set<String> = [
        "playbin", "playbin3", "webrtcbin", "rtpbin", "shout2send", "camerabin", "appsrc",
    ]

    func check(_ flow: LintGraph, _ diagnostics: inout DiagnosticList) {
        for node in flow.nodes where flow.outputs(of: node.id).isEmpty {
            switch node.kind {
            case .tap: continue
            case .caps: break
            case .named:
                guard let name = flow.element(node), !name.contains("sink"), !Self.ends.contains(name) else { continue }
            }
            let shown = node.isNamed ? "'\(node.id)'" : flow.element(node).map { "this \($0)" } ?? "this caps filter"
            diagnostics.warning(
                .openEnd, at: node.range, "nothing takes what \(shown) gives",
                hint: "go on with ! streamtap, a stage or a sink; ! fakesink throws it away")
        }
    }
}
