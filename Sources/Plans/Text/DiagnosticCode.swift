extension Diagnostic {
    /// The stable name of a kind of diagnostic, for example `unknown_element`.
    public struct Code: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public init(_ rawValue: String) { self.rawValue = rawValue }
        public var description: String { rawValue }

        public init(from decoder: any Decoder) throws {
            rawValue = try decoder.singleValueContainer().decode(String.self)
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(rawValue)
        }
    }
}

extension Diagnostic.Code {
    // Text and structure.
    public static let syntax = Self("syntax")
    public static let danglingLink = Self("dangling_link")
    public static let unterminatedString = Self("unterminated_string")
    public static let emptyPlan = Self("empty_plan")
    public static let unknownBranch = Self("unknown_branch")
    public static let duplicateName = Self("duplicate_name")
    public static let invalidName = Self("invalid_name")
    public static let unsupportedSyntax = Self("unsupported_syntax")
    public static let limitExceeded = Self("limit_exceeded")
    // Front matter and parameters.
    public static let frontMatter = Self("front_matter")
    public static let unknownParameter = Self("unknown_parameter")
    public static let missingParameter = Self("missing_parameter")
    public static let parameterType = Self("parameter_type")
    public static let parameterRange = Self("parameter_range")
    public static let parameterNotAllowedHere = Self("parameter_not_allowed_here")
    public static let unknownSecret = Self("unknown_secret")
    public static let secretNotAllowed = Self("secret_not_allowed")
    public static let unusedParameter = Self("unused_parameter")
    // Elements, stages, taps; found when the plan is built.
    public static let unknownElement = Self("unknown_element")
    public static let unknownProperty = Self("unknown_property")
    public static let propertyType = Self("property_type")
    public static let propertyRange = Self("property_range")
    public static let unknownOption = Self("unknown_option")
    public static let optionType = Self("option_type")
    public static let optionRange = Self("option_range")
    public static let missingOption = Self("missing_option")
    public static let optionNotLive = Self("option_not_live")
    public static let duplicateProperty = Self("duplicate_property")
    public static let invalidCaps = Self("invalid_caps")
    public static let cannotLink = Self("cannot_link")
    public static let stageNeedsInput = Self("stage_needs_input")
    public static let stageHidesElement = Self("stage_hides_element")
    public static let displaySink = Self("display_sink")
    public static let impliedTap = Self("implied_tap")
    public static let parameterFormat = Self("parameter_format")
    public static let notYetSupported = Self("not_yet_supported")
    // What runs and will still hurt.
    public static let similarNames = Self("similar_names")
    public static let teeWithoutQueue = Self("tee_without_queue")
    public static let queueCanBlock = Self("queue_can_block")
    public static let rtspsrcLatency = Self("rtspsrc_latency")
    public static let rtspsrcProtocols = Self("rtspsrc_protocols")
    public static let syncOnLive = Self("sync_on_live")
    public static let recordingLostAtCrash = Self("recording_lost_at_crash")
    public static let automaticDecoder = Self("automatic_decoder")
    public static let largeTap = Self("large_tap")
    public static let openEnd = Self("open_end")
    // Text from the network.
    public static let elementNotAllowed = Self("element_not_allowed")
    public static let propertyNotAllowed = Self("property_not_allowed")
    public static let valueNotAllowed = Self("value_not_allowed")
    public static let patternNotAllowed = Self("pattern_not_allowed")
    public static let deceptiveCharacter = Self("deceptive_character")
}
