import Plans

extension InstanceSpecification {
    /// - Parameters:
    ///   - given: values that `definition` takes; defaults fill the gaps.
    ///   - bound: `definition` with these values.
    ///   - stages: names of the vision stages.
    init(
        plan name: String, definition: Plan, given: [String: ParameterValue], bound: Plan, stages: Set<String>
    ) {
        var values: [String: ParameterValue] = [:]
        // The author of a plan may have written an address with credentials into it.
        var secrets = Redaction.secrets(inAddress: definition.text)
        for declaration in definition.parameters {
            let value = given[declaration.name] ?? declaration.default
            values[declaration.name] = value
            guard case .string(let text)? = value else { continue }
            secrets += declaration.format == .secret ? [text] : Redaction.secrets(inAddress: text)
        }
        let redaction = Redaction(secrets: secrets)
        var shown = values
        for declaration in definition.parameters {
            guard case .string(let text)? = values[declaration.name] else { continue }
            shown[declaration.name] = .string(
                declaration.format == .secret ? Redaction.mask : redaction.apply(to: text))
        }
        self.init(
            plan: name, text: definition.text, parameters: values, shownParameters: shown,
            taps: bound.graph.expectedTaps,
            graph: PlanDescription(definition.graph, stages: stages), redaction: redaction)
    }
}
