/// What a vision stage declares of itself, and `streamtap-worker describe` prints: the one source of what the parser
/// allows, and of what the linter, the command line, the API and the documentation say.
public struct StageDescription: Hashable, Sendable, Codable {
    /// As written in a plan, for example `grayscale`; unique in a catalogue.
    public var name: String
    /// One sentence, with a full stop.
    public var summary: String
    /// What its frames are converted to before it is given them.
    public var input: StageInput
    /// Why frames go through it one after the other, as a clause; nil: no frame depends on another, and `workers`
    /// has several worked on at a time.
    public var oneAtATime: String?
    /// What it finds in a frame depends on those before. Damaged frames pass it by, with what it found in the last whole one.
    public var learns: Bool
    /// In the order in which they are shown; `workers` last.
    public var options: [StageOptionDescription]

    /// A description with the option `workers` added where frames are independent.
    ///
    /// - Parameters:
    ///   - name: as written in a plan.
    ///   - summary: one sentence.
    ///   - input: pixel formats and range that the stage takes; left out, whatever comes.
    ///   - oneAtATime: why frames go through it one after the other; nil for a stage whose frames are independent.
    ///   - learns: whether what it finds in a frame depends on those before; damaged frames then pass it by.
    ///   - options: without `workers`.
    public init(
        name: String, summary: String, input: StageInput = .pixels,
        oneAtATime: String? = "it is not made for several at a time", learns: Bool = false,
        options: [StageOptionDescription] = []
    ) {
        self.name = name
        self.summary = summary
        self.input = input
        self.oneAtATime = oneAtATime
        self.learns = learns
        self.options = options + (oneAtATime == nil ? [.workers] : [])
    }

    enum CodingKeys: String, CodingKey {
        case name, summary, input, learns, options
        case oneAtATime = "one_at_a_time"
    }

    /// Reads what a worker prints; one of an older make says nothing of `learns`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        summary = try container.decode(String.self, forKey: .summary)
        input = try container.decode(StageInput.self, forKey: .input)
        oneAtATime = try container.decodeIfPresent(String.self, forKey: .oneAtATime)
        learns = try container.decodeIfPresent(Bool.self, forKey: .learns) ?? false
        options = try container.decode([StageOptionDescription].self, forKey: .options)
    }
}
