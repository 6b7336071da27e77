import Plans
import Testing

/// A plan that cannot run, and what is said of it: `line:column:length code`, in order.
struct BadPlan: CustomTestStringConvertible, Sendable {
    var text: String
    var expected: [String]

    init(_ text: String, _ expected: String...) {
        self.text = text
        self.expected = expected
    }

    var testDescription: String { text.replacing("\n", with: "⏎") }
}

func problems(_ text: String, limits: PlanLimits = .trusted) -> [Diagnostic] {
    do {
        _ = try Plan(parsing: text, limits: limits)
        return []
    } catch {
        return error.diagnostics
    }
}

extension Diagnostic {
    var outline: String { "\(line):\(column):\(length) \(code)" }
}
