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
        let masked = Redaction.masked(value)
        return masked.unicodeScalars.count <= 60 ? "'\(masked)'" : "'\(masked.prefix(57))…'"
    }
}
