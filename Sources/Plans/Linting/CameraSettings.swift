/// What `rtspsrc` does when it is told nothing is seldom what a live view needs.
struct CameraSettings: LintRule {
    func check(_ flow: LintGraph, _ diagnostics: inout DiagnosticList) {
        for source in flow.nodes where flow.element(source) == "rtspsrc" {
            if !source.sets("latency") {
                diagnostics.warning(
                    .rtspsrcLatency, at: source.range, "rtspsrc without latency holds every picture back by up to 2 s",
                    hint: "write latency=100, or more where packets come late")
            }
            let scheme = flow.text("location", of: source)?.prefix { $0 != ":" }.lowercased()
            let saysProtocol = ["rtspt", "rtspu", "rtsph", "rtspst", "rtspsu", "rtspsh"].contains(scheme ?? "")
            if !source.sets("protocols"), !saysProtocol {
                diagnostics.warning(
                    .rtspsrcProtocols, at: source.range,
                    "rtspsrc without protocols tries UDP first, and where a firewall stops it waits 5 s for nothing",
                    hint: "write protocols=tcp, or protocols=udp where packets may be lost but not late")
            }
        }
    }
}
