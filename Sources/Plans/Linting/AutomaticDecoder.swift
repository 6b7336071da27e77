/// Elements that choose others by what arrives: what a camera sends then decides which code reads it.
struct AutomaticDecoder: LintRule {
    func check(_ flow: LintGraph, _ diagnostics: inout DiagnosticList) {
        for node in flow.nodes {
            guard let name = flow.element(node), AutomaticElements.names.contains(name) else { continue }
            let source = name.hasPrefix("uri") || name.hasPrefix("playbin")
            diagnostics.warning(
                .automaticDecoder, at: node.range,
                "\(name) lets the camera or the file choose the elements that read it",
                hint: source
                    ? "name them: rtspsrc location=… ! rtph264depay ! h264parse ! avdec_h264"
                    : "name them: … ! h264parse ! avdec_h264")
        }
    }
}
