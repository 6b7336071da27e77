public import Plans

/// A stage's options, each of its declared type and in its declared range, defaults filled in.
///
/// An option is read by its declared type; each accessor gives nil for an option of another type, and for one that is
/// not declared.
public struct StageOptions: Sendable, Hashable {
    /// By name.
    public let values: [String: ParameterValue]

    /// Options that have been checked already, or are sound by themselves, as in tests.
    public init(_ values: [String: ParameterValue]) {
        self.values = values
    }

    /// The value of an option of type `integer`.
    public func integer(_ name: String) -> Int? {
        if case .integer(let value) = values[name] { Int(value) } else { nil }
    }

    /// The value of an option of type `number`, or of a whole number.
    public func number(_ name: String) -> Double? {
        switch values[name] {
        case .number(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }

    /// The value of an option of type `string`, or a choice as a word.
    public func string(_ name: String) -> String? {
        if case .string(let value) = values[name] { value } else { nil }
    }

    /// The value of an option of type `boolean`.
    public func boolean(_ name: String) -> Bool? {
        if case .boolean(let value) = values[name] { value } else { nil }
    }

    /// The value of an option of type `choice`, as the case of that raw value.
    public func choice<Choice: RawRepresentable<String>>(_ name: String) -> Choice? {
        string(name).flatMap(Choice.init(rawValue:))
    }
}
