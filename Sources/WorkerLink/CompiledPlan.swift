public import Plans

/// What a worker says of a plan that it could build.
public struct CompiledPlan: Hashable, Sendable, Codable {
    /// Frames name their tap by its place here.
    public var taps: [CompiledTap]
    /// In the order of the text.
    public var stages: [CompiledStage]
    /// What is worth saying of the plan, in the order of the text.
    public var warnings: [Diagnostic]
    /// The plan has sinks of its own, which may have files to finish: stopping takes up to 4 s.
    public var finishesFiles: Bool

    /// A plan that could be built.
    public init(
        taps: [CompiledTap], stages: [CompiledStage] = [], warnings: [Diagnostic] = [], finishesFiles: Bool = false
    ) {
        self.taps = taps
        self.stages = stages
        self.warnings = warnings
        self.finishesFiles = finishesFiles
    }
}

/// A stage as it works now.
public struct CompiledStage: Hashable, Sendable, Codable {
    /// Node id.
    public var id: String
    /// The stage's kind, for example `blur`.
    public var stage: String
    /// Every option with its value.
    public var options: [String: ParameterValue]
    /// Those of the options that were given while the plan ran: what a fresh attempt has to be told.
    public var changes: [String: ParameterValue]

    /// A stage as it was made.
    public init(
        id: String, stage: String, options: [String: ParameterValue], changes: [String: ParameterValue] = [:]
    ) {
        self.id = id
        self.stage = stage
        self.options = options
        self.changes = changes
    }
}

/// A tap as the plan sets it up.
public struct CompiledTap: Hashable, Sendable, Codable {
    /// The tap's name, unique in its plan.
    public var id: String
    /// Node id.
    public var attachPoint: String
    /// What the plan asks for where a viewer asks for nothing.
    public var defaults: Variant
    /// The plan's highest rate, frames per second.
    public var fps: Double?
    /// What comes there is video, coded so; nil: pictures.
    public var coding: VideoCoding?

    /// A tap at `attachPoint`.
    public init(
        id: String, attachPoint: String, defaults: Variant = .asIs, fps: Double? = nil, coding: VideoCoding? = nil
    ) {
        self.id = id
        self.attachPoint = attachPoint
        self.defaults = defaults
        self.fps = fps
        self.coding = coding
    }
}
