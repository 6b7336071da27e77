/// What GStreamer's overlays draw is Pango's markup, and a text that is none is not drawn at all: `A & B`, `a < b`.
struct TextMarkup: LintRule {
    private static let elements: Set<String> = ["textoverlay", "clockoverlay", "timeoverlay"]
    private static let properties: Set<PropertyName> = ["text", "time-format", "datetime-format"]

    func check(_ flow: LintGraph, _ diagnostics: inout DiagnosticList) {
        for node in flow.nodes where flow.element(node).map(Self.elements.contains) == true {
            for property in node.properties where Self.properties.contains(property.property) {
                // A parameter's value is drawn as it is.
                guard case .literal(let text) = property.value, let fault = MarkupScanner.fault(in: text) else {
                    continue
                }
                diagnostics.warning(
                    .textIsNoMarkup, at: property.valueRange,
                    "this text is taken for Pango markup, and \(fault.words): nothing is drawn", hint: fault.hint)
            }
        }
    }
}
