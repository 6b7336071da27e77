public import Plans

/// A stage's options, each of its declared type and in its declared range, defaults filled in.
public struct StageOptions: Sendable, Hashable {
    /// By name.
    public let values: [String: ParameterValue]

    public init(_ values: [String: ParameterValue]) {
        self.values = values
    }

    public func integer(_ name: String) -> Int? {
        if case .integer(let value) = values[name] { Int(value) } else { nil }
    }

    public func number(_ name: String) -> Double? {
        switch values[name] {
        case .number(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }

    public func string(_ name: String) -> String? {
        if case .string(let value) = values[name] { value } else { nil }
    }

    public func boolean(_ name: String) -> Bool? {
        if case .boolean(let value) = values[name] { value } else { nil }
    }
}
