package import Plans

/// Server to worker.
package enum ServerMessage: Hashable, Sendable, Codable {
    /// First on the link: build and play this plan.
    case run(RunRequest)
    /// What viewers want now; replaces the demand before.
    case demand(Demand)
    /// After `compiled`; answered by `stage`.
    case change(StageChange)
    /// What is set on cameras from now on, instead of `RunRequest.controls`: on those that run it is set already.
    case controls([String: [String: Int64]])
    /// What sources wait for may be there: those that would be tried again later are tried at once.
    case hint
    /// Finish files, send each tap's last frame, and exit, all within so many seconds. May come again with fewer.
    case stop(within: Double)
}

/// Everything a worker needs; nothing else is carried over from an attempt before.
package struct RunRequest: Hashable, Sendable, Codable {
    /// `Link.version` of the server.
    package var version: Int
    /// The instance's id, for the log.
    package var instance: String
    /// The plan as it was written.
    package var planText: String
    /// Values of the plan's parameters, by name.
    package var parameters: [String: ParameterValue]
    /// Options that were changed since the plan was written, by node id.
    package var stageOptions: [String: [String: ParameterValue]]
    /// The text came over the network: every element that a pipeline gets is held to the policy, too.
    package var isUntrusted: Bool
    /// Camera addresses that came over the network; nil: none did.
    package var cameras: CameraRule?
    /// A worker before this one ran the plan: what it recorded is not written over.
    package var goesOn: Bool
    /// What workers before this one have learnt of the sources.
    package var experience: SourceExperience
    /// What was set on cameras at this machine since the plan was written, by source and control.
    package var controls: [String: [String: Int64]]
    /// Sources are left alone until somebody looks.
    package var waitsForDemand: Bool

    /// What a worker is asked to run.
    package init(
        instance: String, planText: String, parameters: [String: ParameterValue],
        stageOptions: [String: [String: ParameterValue]] = [:], isUntrusted: Bool = false,
        cameras: CameraRule? = nil, goesOn: Bool = false, experience: SourceExperience = SourceExperience(),
        controls: [String: [String: Int64]] = [:], waitsForDemand: Bool = false, version: Int = Link.version
    ) {
        self.version = version
        self.instance = instance
        self.planText = planText
        self.parameters = parameters
        self.stageOptions = stageOptions
        self.isUntrusted = isUntrusted
        self.cameras = cameras
        self.goesOn = goesOn
        self.experience = experience
        self.controls = controls
        self.waitsForDemand = waitsForDemand
    }
}

/// Worker to server; frames and reports of progress travel beside these.
package enum WorkerMessage: Hashable, Sendable, Codable {
    /// First on the link.
    case hello(version: Int, pid: Int32)
    /// The plan could be built; frames may follow.
    case compiled(CompiledPlan)
    /// The plan cannot run as it stands; the worker exits.
    case invalid([Diagnostic])
    case stage(StageAnswer)
    /// The last word: why the worker exits. `endOfStream` means that a file played to its end.
    case ended(FailureReason, message: String)
}
