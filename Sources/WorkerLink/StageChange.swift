public import Plans

/// New options for a stage of the plan that runs.
public struct StageChange: Hashable, Sendable, Codable {
    /// Comes back in the answer.
    public var number: UInt64
    /// Node id.
    public var stage: String
    /// By option; nil: what the plan says, again. What is not named stays as it is.
    public var options: [String: ParameterValue?]

    /// - Parameters:
    ///   - number: comes back in the answer; the sender counts.
    ///   - stage: node id.
    ///   - options: by name; nil for what the plan says.
    public init(number: UInt64, stage: String, options: [String: ParameterValue?]) {
        self.number = number
        self.stage = stage
        self.options = options
    }
}

/// What became of a `StageChange`; comes once for each.
public struct StageAnswer: Hashable, Sendable, Codable {
    /// The stage as it is from now on, or why nothing was changed.
    public enum Outcome: Hashable, Sendable, Codable {
        /// The next frame is the first to be worked on like this.
        case changed(CompiledStage)
        /// Nothing was changed; at least one is an error.
        case refused([Diagnostic])
        /// The plan has no such stage.
        case unknown
    }

    /// That of the change.
    public var number: UInt64
    /// What became of it.
    public var outcome: Outcome

    /// - Parameters:
    ///   - number: that of the change.
    ///   - outcome: what became of it.
    public init(number: UInt64, outcome: Outcome) {
        self.number = number
        self.outcome = outcome
    }
}
