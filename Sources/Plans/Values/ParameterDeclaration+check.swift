extension ParameterDeclaration {
    struct Problem {
        var code: Diagnostic.Code
        /// Starts with the parameter's name in quotes.
        var message: String
        var hint: String?
    }

    /// The value as the declared type has it: an integer is a number, and 640.0 an integer. Nil when it is of
    /// another type.
    func converted(_ value: ParameterValue) -> ParameterValue? {
        switch (type, value) {
        case (.string, .string), (.integer, .integer), (.number, .number), (.boolean, .boolean): return value
        case (.number, .integer(let number)): return .number(Double(number))
        case (.integer, .number(let number)): return Int64(exactly: number).map { .integer($0) }
        default: return nil
        }
    }

    /// What speaks against a value, nil when nothing does. A secret is never shown.
    func problem(with given: ParameterValue) -> Problem? {
        let shown = format == .secret ? "the value given" : given.shown
        guard let value = converted(given) else {
            return Problem(
                code: .parameterType, message: "'\(name)' is \(type.phrase), found \(given.typeName)")
        }
        if let number = value.asDouble {
            guard number.isFinite else {
                return Problem(code: .parameterRange, message: "'\(name)' is a finite number")
            }
            if let minimum, number < minimum {
                return Problem(
                    code: .parameterRange, message: "'\(name)' is at least \(Self.plain(minimum)), found \(shown)")
            }
            if let maximum, number > maximum {
                return Problem(
                    code: .parameterRange, message: "'\(name)' is at most \(Self.plain(maximum)), found \(shown)")
            }
        }
        if let choices = `enum`, !choices.contains(where: { converted($0) == value }) {
            let list = choices.map { choice in choice.text }
            var hint = format == .secret ? nil : "it is one of \(list.prefix(16).joined(separator: ", "))"
            if case .string(let text) = value, format != .secret, let near = NearestName.hint(for: text, in: list) {
                hint = near
            }
            return Problem(code: .parameterRange, message: "'\(name)' cannot be \(shown)", hint: hint)
        }
        if let pattern, case .string(let text) = value, let matcher = try? Pattern(pattern), !matcher.matches(text) {
            return Problem(
                code: .parameterRange, message: "'\(name)' does not match the pattern \(pattern), found \(shown)")
        }
        return nil
    }

    private static func plain(_ number: Double) -> String {
        Int64(exactly: number).map { String($0) } ?? String(number)
    }
}

extension ParameterValue {
    fileprivate var asDouble: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .string, .boolean: nil
        }
    }
}
