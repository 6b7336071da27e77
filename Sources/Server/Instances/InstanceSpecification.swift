import Plans
import WorkerLink

/// What an instance is to run, fixed when it is created: retries use this, whatever becomes of the plan's file.
struct InstanceSpecification: Sendable {
    /// The plan's name.
    let plan: String
    let text: String
    /// Every declared parameter with its value, defaults included.
    let parameters: [String: ParameterValue]
    /// Those of them that are stored secrets, and what they are called.
    let stored: [String: String]
    /// `parameters` as anybody may see them.
    let shownParameters: [String: ParameterValue]
    /// The plan's taps, in the order of the text, as they can be known before a worker has compiled it.
    let taps: [CompiledTap]
    /// The plan's nodes and edges as anybody may see them: parameters by name, credentials masked.
    let graph: PlanDescription
    /// Its camera is left alone while nobody looks.
    let isOnDemand: Bool
    /// Cameras at this machine, as the plan names them, by source.
    let devices: [String: String]
    /// What the plan's `extra-controls` set on them, by source.
    let plannedControls: [String: [String: Int64]]
    /// RLIMIT_DATA of its workers, bytes, where the operator has not said otherwise.
    let memoryLimit: Int
    /// Takes this instance's secrets, and credentials of any kind, out of a text.
    let redaction: Redaction
    /// The text came over the network: the worker holds every element to the policy, too.
    let isUntrusted: Bool
    /// Camera addresses that came over the network; nil: none did.
    let cameras: CameraRule?

    /// - Parameters:
    ///   - given: values that `definition` takes; defaults fill the gaps.
    ///   - stored: those of them that are stored secrets, and what they are called.
    ///   - bound: `definition` with these values.
    ///   - stages: names of the vision stages.
    ///   - isUntrusted: the text came over the network.
    ///   - cameras: which addresses the worker has to ask about; nil: none.
    init(
        plan name: String, definition: Plan, given: [String: ParameterValue], stored: [String: String] = [:],
        bound: Plan, stages: Set<String>, isUntrusted: Bool, cameras: CameraRule?
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
        plan = name
        text = definition.text
        parameters = values
        self.stored = stored
        shownParameters = shown
        taps = bound.graph.expectedTaps
        isOnDemand = bound.isOnDemand(stages: stages)
        devices = bound.graph.devices
        plannedControls = bound.graph.plannedControls
        memoryLimit = WorkerBudget(bound.graph, stages: stages).bytes
        graph = PlanDescription(definition.graph, stages: stages)
        self.redaction = redaction
        self.isUntrusted = isUntrusted
        self.cameras = cameras
    }

    /// One of a text that is no plan any more: there is nothing to run, but it can be shown, and deleted.
    ///
    /// Every value is masked: which of them are secrets is not known.
    init(unsound text: String, plan name: String, parameters: [String: ParameterValue]) {
        plan = name
        self.text = text
        self.parameters = parameters
        stored = [:]
        shownParameters = parameters.mapValues { _ in .string(Redaction.mask) }
        taps = []
        isOnDemand = false
        devices = [:]
        plannedControls = [:]
        memoryLimit = WorkerBudget(PlanGraph(), stages: []).bytes
        graph = PlanDescription(PlanGraph(), stages: [])
        redaction = Redaction(planText: text)
        isUntrusted = true
        cameras = nil
    }

    /// What a worker is started with.
    ///
    /// - Parameters:
    ///   - goesOn: one ran before it.
    ///   - experience: what those before it have learnt of the sources.
    ///   - controls: what was set on cameras, by source.
    func request(
        instance id: String, stageOptions: [String: [String: ParameterValue]], goesOn: Bool = false,
        experience: SourceExperience = SourceExperience(), controls: [String: [String: Int64]] = [:]
    ) -> RunRequest {
        RunRequest(
            instance: id, planText: text, parameters: parameters, stageOptions: stageOptions,
            isUntrusted: isUntrusted, cameras: cameras, goesOn: goesOn, experience: experience, controls: controls,
            waitsForDemand: isOnDemand)
    }

    /// Whether a worker can be told, whatever the instance is named.
    var fitsTheLink: Bool {
        let request = request(instance: String(repeating: "x", count: PlanName.longest), stageOptions: [:])
        // What is learnt of its sources is told to every worker but the first.
        return (try? ControlCodec.encode(ServerMessage.run(request)).count).map { $0 < Link.controlLimit - (1 << 17) }
            == true
    }

    /// Whether an instance of the one is an instance of the other.
    ///
    /// A value is no stored secret, even where it is the same: otherwise whoever may ask could find secrets out by guessing.
    static func == (one: Self, other: Self) -> Bool {
        one.plan == other.plan && one.text == other.text && one.stored == other.stored
            && one.parameters == other.parameters && one.cameras == other.cameras
    }
}
