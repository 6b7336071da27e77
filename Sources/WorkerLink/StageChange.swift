public import Plans

/// New options for a stage of the plan that runs.
public struct StageChange: Hashable, Sendable, Codable {
    /// Comes back in the answer.
    public var number: UInt64
    /// Node id.
    public var stage: String
    /// Nil: what the plan says, again. What is not named stays as it is.
    public var options: [String: ParameterValue?]

    public init(number: UInt64, stage: String, options: [String: ParameterValue?]) {
        self.number = number
        self.stage = stage
        self.options = options
    }
}

/// What became of a `StageChange`; comes once for each.
public struct StageAnswer: Hashable, Sendable, Codable {
    public enum Outcome: Hashable, Sendable, Codable {
        /// The next frame is the first to be worked on like this.
        case changed(CompiledStage)
        /// Nothing was changed; at least one is an error.
        case refused([Diagnostic])
        /// The plan has no such stage.
        case unknown
    }

    public var number: UInt64
    public var outcome: Outcome

    public init(number: UInt64, outcome: Outcome) {
        self.number = number
        self.outcome = outcome
    }
}
