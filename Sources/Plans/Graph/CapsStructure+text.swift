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
