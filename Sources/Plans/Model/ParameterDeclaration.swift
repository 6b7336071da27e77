/// A parameter as the front matter declares it, in JSON Schema's words.
public struct ParameterDeclaration: Sendable, Hashable, Codable {
    /// The JSON type that a value must have.
    public enum ValueType: String, Sendable, Hashable, Codable, CaseIterable {
        case string, integer, number, boolean
    }

    /// What a text means, which decides what a value from the network may be and what is masked.
    public enum Format: String, Sendable, Hashable, Codable, CaseIterable {
        /// A camera's address, of one of the declaration's `schemes`.
        case uri
        /// A video device, for example `/dev/video0`.
        case device
        /// A file inside the media directory.
        case path
        /// Masked in every output.
        case secret
    }

    /// What `${name}` holds: `[a-z0-9][a-z0-9_-]{0,63}`.
    public var name: String
    /// What a value must be.
    public var type: ValueType
    /// What the text means; of strings only.
    public var format: Format?
    /// How a value of the format `uri` may begin, of the API's; nil: `rtsp` or `rtsps`.
    public var schemes: [String]?
    /// What stands for a value that is not given; without one, a value has to be.
    public var `default`: ParameterValue?
    /// The smallest value, itself allowed; of numbers only.
    public var minimum: Double?
    /// The largest value, itself allowed; of numbers only.
    public var maximum: Double?
    /// The only values that are allowed.
    public var `enum`: [ParameterValue]?
    /// A regular expression that a string must match somewhere, as in JSON Schema.
    public var pattern: String?
    /// What the parameter is for, in its author's words.
    public var description: String?
    /// The operator's stored secret that stands for a missing value, of the format `secret` only.
    public var secret: String?

    /// A declaration; what is not said is not asked of values.
    public init(
        name: String, type: ValueType, format: Format? = nil, schemes: [String]? = nil,
        default: ParameterValue? = nil, minimum: Double? = nil,
        maximum: Double? = nil, enum: [ParameterValue]? = nil, pattern: String? = nil, description: String? = nil,
        secret: String? = nil
    ) {
        self.name = name
        self.type = type
        self.format = format
        self.schemes = schemes
        self.default = `default`
        self.minimum = minimum
        self.maximum = maximum
        self.enum = `enum`
        self.pattern = pattern
        self.description = description
        self.secret = secret
    }
}

extension ParameterDeclaration.ValueType {
    /// With its article, for messages.
    var phrase: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .number: "a number"
        case .boolean: "true or false"
        }
    }
}
