import Yams

/// A YAML scalar by the core schema of YAML 1.2: `true` and `false` are booleans, `no` and `on` are words.
struct YAMLScalar {
    private let text: String
    private let isPlain: Bool

    init(_ scalar: Node.Scalar) {
        text = scalar.string
        isPlain = scalar.style == .plain || scalar.style == .any
    }

    /// The value as the declared type wants it; nil when it is of another.
    func value(as type: ParameterDeclaration.ValueType) -> ParameterValue? {
        switch type {
        case .string: isText ? .string(text) : nil
        case .integer: integer.map { .integer($0) }
        case .number: number.map { .number($0) }
        case .boolean: boolean.map { .boolean($0) }
        }
    }

    /// An unquoted word that YAML reads as something else is no string.
    private var isText: Bool {
        guard isPlain else { return true }
        return boolean == nil && number == nil && !["", "~", "null", "Null", "NULL"].contains(text)
    }

    private var boolean: Bool? {
        guard isPlain else { return nil }
        switch text {
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: return nil
        }
    }

    private var integer: Int64? {
        guard isPlain else { return nil }
        return NumberText.integer(text)
    }

    private var number: Double? {
        guard isPlain else { return nil }
        return NumberText.number(text)
    }
}
