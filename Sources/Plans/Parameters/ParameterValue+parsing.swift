extension ParameterValue {
    /// Reads a value as a command line gives it: text that becomes what the declaration says.
    ///
    /// Booleans may also be `yes`, `no`, `on`, `off`, `1` and `0`. Nil when the text is nothing of the declared type;
    /// range, pattern and choices are checked when the value is bound.
    public init?(parsing text: String, as declaration: ParameterDeclaration) {
        switch declaration.type {
        case .string: self = .string(text)
        case .integer:
            guard let value = ParameterNumber.integer(text) else { return nil }
            self = .integer(value)
        case .number:
            guard let value = ParameterNumber.number(text) else { return nil }
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
