public import Plans

/// One option of a vision stage: what it is called, which values it may have, and what it does.
public struct StageOptionDescription: Hashable, Sendable, Codable {
    /// What kind of value an option has. The raw values are those of the JSON that `describe` prints.
    public enum ValueType: String, Hashable, Sendable, Codable, CaseIterable {
        /// A whole number.
        case integer
        /// A finite number.
        case number
        /// `true` or `false`.
        case boolean
        /// Any text; what it may say the stage checks when it is made.
        case string
        /// One of `choices`.
        case choice
    }

    /// As written in a plan, for example `min_area`.
    public var name: String
    /// What kind of value it has.
    public var type: ValueType
    /// What counts when nothing is given; nil: the option must be given.
    public var `default`: ParameterValue?
    /// The least number, included; nil means any.
    public var minimum: Double?
    /// The greatest number, included; nil means any.
    public var maximum: Double?
    /// Numbers are `minimum` and whole steps above it; nil means any.
    public var step: Double?
    /// The words that it may be, for a `choice`; nil for every other type.
    public var choices: [String]?
    /// One sentence; of numbers it tells the unit.
    public var summary: String
    /// Whether it can change while the plan runs.
    public var isLive: Bool

    /// An option of any type.
    ///
    /// - Parameters:
    ///   - name: as written in a plan.
    ///   - type: what kind of value it has.
    ///   - default: of that type and in that range; nil: the option must be given.
    ///   - minimum: the least number.
    ///   - maximum: the greatest number.
    ///   - step: from `minimum` on; 2 from an odd minimum means odd numbers.
    ///   - choices: the words of a `choice`.
    ///   - summary: one sentence.
    ///   - isLive: whether it can change while the plan runs.
    public init(
        name: String, type: ValueType, default: ParameterValue?, minimum: Double? = nil, maximum: Double? = nil,
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

    /// An option that is one of an enum's cases, written as their raw values; `StageOptions.choice` reads it.
    ///
    /// - Parameters:
    ///   - name: as written in a plan.
    ///   - default: the case that counts when nothing is given; its type has the choices.
    ///   - summary: one sentence.
    ///   - isLive: whether it can change while the plan runs.
    public static func choice<Choice: CaseIterable & RawRepresentable<String>>(
        name: String, default: Choice, summary: String, isLive: Bool = true
    ) -> StageOptionDescription {
        StageOptionDescription(
            name: name, type: .choice, default: .string(`default`.rawValue), choices: Choice.allCases.map(\.rawValue),
            summary: summary, isLive: isLive)
    }

    /// How many frames a stage works on at a time, each on a thread and in memory of its own.
    public static let workers = StageOptionDescription(
        name: "workers", type: .integer, default: .integer(1), minimum: 1, maximum: 8,
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
        return [type.rawValue, range, step.map { "in steps of \(Self.text($0))" }].compactMap(\.self)
            .joined(separator: ", ")
    }

    private static func text(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? "\(number)"
    }
}
