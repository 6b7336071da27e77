/// What `rtspsrc` does when it is told nothing is seldom what a live view needs.
struct CameraSettings: LintRule {
    func check(_ flow: LintGraph, _ diagnostics: inout DiagnosticList) {
        for source in flow.nodes where flow.element(source) == "rtspsrc" {
            if !source.sets("latency") {
                diagnostics.warning(
                    .rtspsrcLatency, at: source.range, "rtspsrc without latency holds every picture back by up to 2 s",
                    hint: "write latency=100, or more where packets come late")
            }
        }
    }
}
