/// `name=value`, on an element, a stage or a tap.
public struct PropertyAssignment: Sendable, Hashable {
    /// As written, for messages and for the options of stages; `child::property` keeps its colons.
    public let name: String
    /// The name as GObject compares it.
    public let property: PropertyName
    /// What the property is set to.
    public var value: PropertyValue
    /// The name in the text.
    public var nameRange: SourceRange
    /// The value in the text, its quotes included; of several lines, the first.
    public var valueRange: SourceRange

    /// An assignment; `property` is made from the name.
    public init(name: String, value: PropertyValue, nameRange: SourceRange, valueRange: SourceRange) {
        self.name = name
        self.property = PropertyName(name)
        self.value = value
        self.nameRange = nameRange
        self.valueRange = valueRange
    }
}

/// What stands behind `=`.
public enum PropertyValue: Sendable, Hashable {
    /// Literal text, quotes and escapes already resolved.
    case literal(String)
    /// `${name}`, not yet bound.
    case parameter(String)
    /// A bound parameter: a value, never syntax.
    case bound(ParameterValue, parameter: String)
}

extension PropertyAssignment {
    /// The parameter that stands here, bound or not.
    var parameterName: String? {
        switch value {
        case .literal: nil
        case .parameter(let name), .bound(_, let name): name
        }
    }
}
