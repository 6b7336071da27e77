/// The value of a parameter, as JSON has it.
public enum ParameterValue: Sendable, Hashable, Codable {
    case string(String)
    case integer(Int64)
    case number(Double)
    case boolean(Bool)

    /// Reads a JSON scalar: a whole number is an integer, `640.0` as well.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else {
            do {
                self = .string(try container.decode(String.self))
            } catch DecodingError.typeMismatch, DecodingError.valueNotFound {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "a value is a string, a number or a boolean")
            }
        }
    }

    /// Writes the JSON scalar.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .string(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .boolean(let value): try container.encode(value)
        }
    }
}

extension ParameterValue {
    /// The value as a property's text: numbers as Swift prints them, booleans as `true` and `false`.
    public var text: String {
        switch self {
        case .string(let value): value
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .boolean(let value): String(value)
        }
    }

    /// What to call it in a message.
    var typeName: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .number: "a number"
        case .boolean: "a boolean"
        }
    }

    /// As a message shows it: credentials masked, long text cut.
    var shown: String {
        guard case .string(let value) = self else { return text }
        let masked = Credentials.masked(value)
        return masked.unicodeScalars.count <= 60 ? "'\(masked)'" : "'\(masked.prefix(57))…'"
    }
}

extension ParameterValue {
    /// Reads a value as a command line gives it: text that becomes what the declaration says.
    ///
    /// Booleans may also be `yes`, `no`, `on`, `off`, `1` and `0`. Nil when the text is nothing of the declared type;
    /// range, pattern and choices are checked when the value is bound.
    public init?(parsing text: String, as declaration: ParameterDeclaration) {
        switch declaration.type {
        case .string: self = .string(text)
        case .integer:
            guard let value = NumberText.integer(text) else { return nil }
            self = .integer(value)
        case .number:
            guard let value = NumberText.number(text) else { return nil }
            self = .number(value)
        case .boolean:
            switch text.lowercased() {
            case "true", "yes", "on", "1": self = .boolean(true)
            case "false", "no", "off", "0": self = .boolean(false)
            default: return nil
            }
        }
    }
}
