internal import Plans
internal import WorkerLink

/// Checks what a plan says of a stage or tap against the options it declares.
struct StageOptionsReader {
    private(set) var diagnostics: [Diagnostic] = []

    mutating func read(
        _ assignments: [PropertyAssignment], for name: String, options: [StageOptionDescription], at range: SourceRange
    ) -> StageOptions {
        var values: [String: ParameterValue] = [:]
        for assignment in assignments where assignment.name != "name" {
            guard let option = options.first(where: { $0.name == assignment.name }) else {
                let near = NearestName.of(assignment.name, in: options.map(\.name))
                let known = options.isEmpty ? nil : "its options are \(options.map(\.name).joined(separator: ", "))"
                report(
                    .unknownOption, assignment.nameRange, "\(name) has no option '\(assignment.name)'",
                    hint: near.map { "did you mean \($0)?" } ?? known)
                continue
            }
            if let value = value(of: assignment, option, name) { values[option.name] = value }
        }
        for option in options where values[option.name] == nil {
            if let fallback = option.default {
                values[option.name] = fallback
            } else if !assignments.contains(where: { $0.name == option.name }) {
                report(
                    .optionType, range, "\(name) needs the option '\(option.name)'", hint: "add \(option.name)=…")
            }
        }
        return StageOptions(values)
    }

    private mutating func value(
        of assignment: PropertyAssignment, _ option: StageOptionDescription, _ owner: String
    ) -> ParameterValue? {
        let text: String
        switch assignment.value {
        case .literal(let literal): text = literal
        case .bound(let bound, _): text = bound.text
        case .parameter: return option.default
        }
        func fail(_ code: Diagnostic.Code, _ expected: String, hint: String? = nil) -> ParameterValue? {
            report(code, assignment.valueRange, "'\(option.name)' of \(owner) takes \(expected), not '\(text)'", hint: hint)
            return nil
        }
        switch option.type {
        case "integer":
            guard let number = NumberText.integer(text) else { return fail(.optionType, "a whole number") }
            guard let exact = Int64(exactly: number), option.allows(Double(exact)) else {
                return fail(.optionRange, option.range)
            }
            return .integer(exact)
        case "number":
            guard let number = NumberText.floating(text) else { return fail(.optionType, "a number") }
            return option.allows(number) ? .number(number) : fail(.optionRange, option.range)
        case "boolean":
            return NumberText.boolean(text).map { .boolean($0) } ?? fail(.optionType, "true or false")
        case "choice":
            let choices = option.choices ?? []
            if choices.contains(text) { return .string(text) }
            let near = NearestName.of(text, in: choices)
            return fail(
                .optionType, "one of \(choices.joined(separator: ", "))", hint: near.map { "did you mean \($0)?" })
        default:
            return .string(text)
        }
    }

    private mutating func report(_ code: Diagnostic.Code, _ range: SourceRange, _ message: String, hint: String? = nil) {
        diagnostics.append(Diagnostic(.error, code, at: range, message, hint: hint))
    }
}

extension StageOptionDescription {
    fileprivate func allows(_ value: Double) -> Bool {
        value >= minimum ?? -.infinity && value <= maximum ?? .infinity
    }

    fileprivate var range: String {
        func text(_ bound: Double?) -> String? { bound.map { $0 == $0.rounded() && abs($0) < 1e15 ? String(Int64($0)) : String($0) } }
        return switch (text(minimum), text(maximum)) {
        case (let low?, let high?): "\(low)…\(high)"
        case (let low?, nil): "at least \(low)"
        case (nil, let high?): "at most \(high)"
        case (nil, nil): "a smaller number"
        }
    }
}
