import Plans

/// What is said of text from the network: `line:column:length code`, in order.
func refusals(_ text: String, addresses: AddressPolicy = AddressPolicy()) -> [Diagnostic] {
    do {
        _ = try Plan(parsingUntrusted: text, stages: ["grayscale", "blur", "detect"], addresses: addresses)
        return []
    } catch {
        return error.diagnostics
    }
}

/// A plan with one parameter, `a`.
func withParameter(_ declaration: String, _ body: String) -> String {
    "---\nparameters:\n  a: {\(declaration)}\n---\n\(body)"
}
