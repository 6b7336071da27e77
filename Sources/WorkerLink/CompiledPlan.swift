public import Plans

/// What a worker says of a plan that it could build.
public struct CompiledPlan: Hashable, Sendable, Codable {
    /// Frames name their tap by its place here.
    public var taps: [CompiledTap]
    public var warnings: [Diagnostic]
    /// The plan has sinks of its own, which may have files to finish: stopping takes up to 4 s.
    public var finishesFiles: Bool

    public init(taps: [CompiledTap], warnings: [Diagnostic] = [], finishesFiles: Bool = false) {
        self.taps = taps
        self.warnings = warnings
        self.finishesFiles = finishesFiles
    }
}

public struct CompiledTap: Hashable, Sendable, Codable {
    public var id: String
    /// Node id.
    public var attachPoint: String
    /// What the plan asks for where a viewer asks for nothing.
    public var defaults: Variant
    /// The plan's highest rate, frames per second.
    public var fps: Double?

    public init(id: String, attachPoint: String, defaults: Variant = .asIs, fps: Double? = nil) {
        self.id = id
        self.attachPoint = attachPoint
        self.defaults = defaults
        self.fps = fps
    }
}
