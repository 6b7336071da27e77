public import Plans

/// What `streamtap-worker describe` prints of one vision stage.
public struct StageDescription: Hashable, Sendable, Codable {
    /// As written in a plan.
    public var name: String
    /// One sentence.
    public var summary: String
    public var options: [StageOptionDescription]

    public init(name: String, summary: String, options: [StageOptionDescription] = []) {
        self.name = name
        self.summary = summary
        self.options = options
    }
}

public struct StageOptionDescription: Hashable, Sendable, Codable {
    public var name: String
    /// `integer`, `number`, `boolean`, `string` or `choice`.
    public var type: String
    /// Nil: the option must be given.
    public var `default`: ParameterValue?
    public var minimum: Double?
    public var maximum: Double?
    /// Numbers are `minimum` and whole steps above it; nil means any.
    public var step: Double?
    public var choices: [String]?
    /// One sentence.
    public var summary: String

    public init(
        name: String, type: String, default: ParameterValue?, minimum: Double? = nil, maximum: Double? = nil,
        step: Double? = nil, choices: [String]? = nil, summary: String
    ) {
        self.name = name
        self.type = type
        self.default = `default`
        self.minimum = minimum
        self.maximum = maximum
        self.step = step
        self.choices = choices
        self.summary = summary
    }
}
