/// Over HTTP come films and cameras, and `souphttpsrc` takes all for films until it is told. What a decoder that chooses for itself would
/// find behind it, no text tells.
struct HTTPCamera: LintRule {
    func check(_ flow: LintGraph, _ diagnostics: inout DiagnosticList) {
        guard flow.saysLive == nil else { return }
        for source in flow.nodes where flow.element(source) == "souphttpsrc" {
            guard !LintGraph.isTrue(flow.text("is-live", of: source)), isCamera(source, flow) else { continue }
            diagnostics.warning(
                .httpCameraNotLive, at: source.range,
                "'\(source.id)' reads a camera, and does not know that its pictures come as they are captured",
                hint: "write is-live=true")
        }
    }

    /// Pictures one after the other in one answer, or without anything between them: no film comes like that.
    private func isCamera(_ source: PlanNode, _ flow: LintGraph) -> Bool {
        let passing: Set<String> = ["queue", "queue2", "identity", "capsfilter"]
        for node in flow.chain(from: source).dropFirst() {
            if case .caps = node.kind { continue }
            guard let name = flow.element(node) else { return false }
            if passing.contains(name) { continue }
            return name == "multipartdemux" || name == "jpegparse"
        }
        return false
    }
}
