/// One structure of a caps filter: `video/x-raw(memory:X),width=640,format={I420,NV12}`.
public struct CapsStructure: Sendable, Hashable {
    /// The media type, for example `video/x-raw`.
    public var mediaType: String
    /// For example `memory:SystemMemory`; empty means none was given.
    public var features: [String]
    /// A literal keeps GStreamer's own notation: `(int)640`, `[1,100]`, `{I420,NV12}`, `30/1`.
    public var fields: [PropertyAssignment]
    /// The media type in the text.
    public var range: SourceRange

    /// A structure; without fields any caps of the media type match.
    public init(mediaType: String, features: [String] = [], fields: [PropertyAssignment] = [], range: SourceRange) {
        self.mediaType = mediaType
        self.features = features
        self.fields = fields
        self.range = range
    }
}

extension CapsStructure {
    /// The structure in GStreamer's notation, bound values included; `${name}` where a parameter is not bound yet.
    ///
    /// Safe to parse: literals were read by the caps grammar, and values were checked when they were bound.
    public var text: String {
        var text = mediaType
        if !features.isEmpty { text += "(" + features.joined(separator: ",") + ")" }
        for field in fields {
            text += ",\(field.name)="
            switch field.value {
            case .literal(let literal): text += literal
            case .parameter(let name): text += "${\(name)}"
            case .bound(let value, _): text += CapsParameterField(rawValue: field.name)?.text(value) ?? value.text
            }
        }
        return text
    }
}

extension [CapsStructure] {
    /// All alternatives, as a caps filter has them.
    public var text: String { map(\.text).joined(separator: ";") }
}
