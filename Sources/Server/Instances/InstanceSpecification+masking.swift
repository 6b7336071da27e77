import Plans
import WorkerLink

extension InstanceSpecification {
    /// - Parameters:
    ///   - given: values that `definition` takes; defaults fill the gaps.
    ///   - bound: `definition` with these values.
    ///   - stages: names of the vision stages.
    ///   - isUntrusted: the text came over the network.
    ///   - cameras: which addresses the worker has to ask about; nil: none.
    init(
        plan name: String, definition: Plan, given: [String: ParameterValue], bound: Plan, stages: Set<String>,
        isUntrusted: Bool, cameras: CameraRule?
    ) {
        var values: [String: ParameterValue] = [:]
        for declaration in definition.parameters {
            values[declaration.name] = given[declaration.name] ?? declaration.default
        }
        let redaction = definition.redaction(values: values)
        var shown = values
        let secrets = definition.secretParameters
        for (name, value) in values {
            if secrets.contains(name) {
                shown[name] = .string(Redaction.mask)
            } else if case .string(let text) = value {
                shown[name] = .string(redaction.apply(to: text))
            }
        }
        self.init(
            plan: name, text: definition.text, parameters: values, shownParameters: shown,
            taps: bound.graph.expectedTaps, graph: PlanDescription(definition.graph, stages: stages),
            redaction: redaction, isUntrusted: isUntrusted, cameras: cameras)
    }
}
