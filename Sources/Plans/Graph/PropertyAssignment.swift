/// `name=value`, on an element, a stage or a tap.
public struct PropertyAssignment: Sendable, Hashable {
    /// As written; `child::property` keeps its colons.
    public var name: String
    public var value: PropertyValue
    public var nameRange: SourceRange
    public var valueRange: SourceRange

    public init(name: String, value: PropertyValue, nameRange: SourceRange, valueRange: SourceRange) {
        self.name = name
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

/// One structure of a caps filter: `video/x-raw(memory:X),width=640,format={I420,NV12}`.
public struct CapsStructure: Sendable, Hashable {
    /// The media type, for example `video/x-raw`.
    public var mediaType: String
    /// For example `memory:SystemMemory`; empty means none was given.
    public var features: [String]
    /// A literal keeps GStreamer's own notation: `(int)640`, `[1,100]`, `{I420,NV12}`, `30/1`.
    public var fields: [PropertyAssignment]
    public var range: SourceRange

    public init(mediaType: String, features: [String] = [], fields: [PropertyAssignment] = [], range: SourceRange) {
        self.mediaType = mediaType
        self.features = features
        self.fields = fields
        self.range = range
    }
}
