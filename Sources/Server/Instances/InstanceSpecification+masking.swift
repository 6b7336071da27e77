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
        for declaration in definition.parameters {
            guard case .string(let text)? = values[declaration.name] else { continue }
            shown[declaration.name] = .string(
                declaration.format == .secret ? Redaction.mask : redaction.apply(to: text))
        }
        self.init(
            plan: name, text: definition.text, parameters: values, shownParameters: shown,
            taps: bound.graph.expectedTaps, graph: PlanDescription(definition.graph, stages: stages),
            redaction: redaction, isUntrusted: isUntrusted, cameras: cameras)
    }
}
