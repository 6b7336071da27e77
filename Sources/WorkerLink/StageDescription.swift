public import Plans

/// What `streamtap-worker describe` prints of one vision stage.
public struct StageDescription: Hashable, Sendable, Codable {
    /// As written in a plan.
    public var name: String
    /// One sentence.
    public var summary: String
    public var input: StageInput
    /// Why frames go through it one after the other, as a clause; nil: no frame depends on another, and `workers`
    /// has several worked on at a time.
    public var oneAtATime: String?
    public var options: [StageOptionDescription]

    /// - Parameter options: without `workers`, which every stage has whose frames are independent.
    public init(
        name: String, summary: String, input: StageInput = .pixels,
        oneAtATime: String? = "it is not made for several at a time", options: [StageOptionDescription] = []
    ) {
        self.name = name
        self.summary = summary
        self.input = input
        self.oneAtATime = oneAtATime
        self.options = options + (oneAtATime == nil ? [.workers] : [])
    }

    enum CodingKeys: String, CodingKey {
        case name, summary, input, options
        case oneAtATime = "one_at_a_time"
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
    /// Whether it can change while the plan runs.
    public var isLive: Bool

    public init(
        name: String, type: String, default: ParameterValue?, minimum: Double? = nil, maximum: Double? = nil,
        step: Double? = nil, choices: [String]? = nil, summary: String, isLive: Bool = true
    ) {
        self.name = name
        self.type = type
        self.default = `default`
        self.minimum = minimum
        self.maximum = maximum
        self.step = step
        self.choices = choices
        self.summary = summary
        self.isLive = isLive
    }

    /// How many frames a stage works on at a time, each on a thread and in memory of its own.
    public static let workers = StageOptionDescription(
        name: "workers", type: "integer", default: .integer(1), minimum: 1, maximum: 8,
        summary: "Frames worked on at a time; they come out in order. For a stage too slow for one processor core.",
        isLive: false)

    enum CodingKeys: String, CodingKey {
        case name, type, `default`, minimum, maximum, step, choices, summary
        case isLive = "live"
    }
}

extension StageOptionDescription {
    /// What a value may be, for people: `integer, 3 to 101, in steps of 2`.
    public var valueText: String {
        if let choices { return "one of " + choices.joined(separator: ", ") }
        let range: String? =
            switch (minimum, maximum) {
            case (let low?, let high?): "\(Self.text(low)) to \(Self.text(high))"
            case (let low?, nil): "at least \(Self.text(low))"
            case (nil, let high?): "at most \(Self.text(high))"
            case (nil, nil): nil
            }
        return [type, range, step.map { "in steps of \(Self.text($0))" }].compactMap(\.self).joined(separator: ", ")
    }

    private static func text(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? "\(number)"
    }
}
