/// A live picture is shown when it comes: a sink that waits for its time only adds delay, and drops what is late.
struct SynchronisedSink: LintRule {
    func check(_ flow: LintGraph, _ diagnostics: inout DiagnosticList) {
        for sink in flow.nodes where flow.isLive(sink) && flow.element(sink).map({ $0.hasSuffix("sink") }) == true {
            guard let property = sink.properties.first(where: { $0.property == "sync" }),
                LintGraph.isTrue(flow.text(of: property.value))
            else { continue }
            diagnostics.warning(
                .syncOnLive, at: property.nameRange, "sync=true makes a live branch wait", hint: "write sync=false")
        }
    }
}
