public import Plans
public import WorkerLink

extension StageOptions {
    /// An option's value: as text in a plan, or with a type from a parameter or from JSON.
    public enum Given: Sendable, Hashable {
        /// As a plan has it; read by the option's type.
        case text(String)
        /// With a type of its own, which has to fit the option's.
        case value(ParameterValue)
    }

    /// Checks every option against its declaration and fills in the defaults.
    ///
    /// - Parameters:
    ///   - given: names and values, in the order of the plan.
    ///   - stage: whose options they are.
    /// - Throws: everything that is wrong, not only the first thing.
    public init(
        checking given: [(name: String, value: Given)], against stage: StageDescription
    ) throws(StageOptionsError) {
        var values: [String: ParameterValue] = [:]
        var problems: [StageOptionsError.Problem] = []
        for (index, option) in given.enumerated() {
            func problem(_ code: Diagnostic.Code, _ message: String, hint: String? = nil) {
                problems.append(.init(index: index, code: code, message: message, hint: hint))
            }
            if option.name == StageOptionDescription.workers.name, let reason = stage.oneAtATime {
                problem(
                    .unknownOption, "'\(stage.name)' takes no 'workers': \(reason)",
                    hint: "its frames go through one after the other")
                continue
            }
            guard let declared = stage.options.first(where: { $0.name == option.name }) else {
                let names = stage.options.map(\.name)
                problem(
                    .unknownOption, "'\(stage.name)' has no option '\(option.name)'",
                    hint: NearestName.hint(for: option.name, in: names)
                        ?? (names.isEmpty ? "it has no options" : "it has \(names.joined(separator: ", "))"))
                continue
            }
            guard values[option.name] == nil else {
                problem(.duplicateProperty, "'\(option.name)' is given twice")
                continue
            }
            guard let value = declared.value(of: option.value) else {
                problem(.optionType, "'\(option.name)' is \(declared.expectation)")
                continue
            }
            guard declared.allows(value) else {
                let near = value.string.flatMap { NearestName.hint(for: $0, in: declared.choices ?? []) }
                problem(.optionRange, "'\(option.name)' is \(declared.expectation)", hint: near)
                continue
            }
            values[option.name] = value
        }
        let names = Set(given.map(\.name))
        for option in stage.options where !names.contains(option.name) {
            if let value = option.default {
                values[option.name] = value
            } else {
                problems.append(
                    .init(
                        index: nil, code: .missingOption, message: "'\(stage.name)' needs '\(option.name)'",
                        hint: "it is \(option.expectation)"))
            }
        }
        guard problems.isEmpty else { throw StageOptionsError(problems: problems) }
        self.init(values)
    }
}

extension StageOptionDescription {
    /// The value in the declared type; nil when it is none of it.
    fileprivate func value(of given: StageOptions.Given) -> ParameterValue? {
        let valueType = type.parameterType
        switch given {
        case .text(let text):
            return ParameterValue(parsing: text, as: ParameterDeclaration(name: name, type: valueType))
        case .value(let value):
            switch (valueType, value) {
            case (.integer, .integer), (.number, .number), (.boolean, .boolean), (.string, .string): return value
            case (.number, .integer(let whole)): return .number(Double(whole))
            case (.integer, .number(let number)): return Int64(exactly: number).map { .integer($0) }
            default: return nil
            }
        }
    }

    fileprivate func allows(_ value: ParameterValue) -> Bool {
        if let string = value.string { return choices?.contains(string) ?? true }
        guard let number = value.number else { return true }
        guard number.isFinite, number >= minimum ?? number, number <= maximum ?? number else { return false }
        guard let step, step > 0 else { return true }
        let steps = (number - (minimum ?? 0)) / step
        return abs(steps - steps.rounded()) < 1e-9
    }

    /// For example `an odd whole number from 1 to 21`.
    public var expectation: String {
        if let choices { return "one of \(choices.joined(separator: ", "))" }
        func shown(_ number: Double) -> String { Int64(exactly: number).map { String($0) } ?? String(number) }
        var text: String
        switch type {
        case .integer:
            let isOdd = step == 2 && minimum.map { $0.truncatingRemainder(dividingBy: 2) == 1 } ?? false
            text = isOdd ? "an odd whole number" : "a whole number"
        case .number: text = "a number"
        case .boolean: return "true or false"
        case .string, .choice: return "a text"
        }
        switch (minimum, maximum) {
        case (let low?, let high?): text += " from \(shown(low)) to \(shown(high))"
        case (let low?, nil): text += " of at least \(shown(low))"
        case (nil, let high?): text += " of at most \(shown(high))"
        case (nil, nil): break
        }
        return text
    }
}

extension StageOptionDescription.ValueType {
    /// How a plan's text is read: a choice is a word.
    fileprivate var parameterType: ParameterDeclaration.ValueType {
        switch self {
        case .integer: .integer
        case .number: .number
        case .boolean: .boolean
        case .string, .choice: .string
        }
    }
}

extension ParameterValue {
    fileprivate var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    fileprivate var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .string, .boolean: nil
        }
    }
}
