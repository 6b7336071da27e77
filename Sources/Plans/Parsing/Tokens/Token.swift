/// A word of the plan language, with its place.
struct Token {
    enum Kind {
        /// `!`
        case link
        /// An element, a stage or `streamtap`.
        case word(String)
        case assignment(PropertyAssignment)
        /// `NAME.` or `NAME.PAD`
        case reference(name: String, pad: String?)
        /// `.PAD`
        case pad(String)
        case caps([CapsStructure])
        /// Stands where an element is expected and was reported already; keeps the chain whole.
        case refused(definedNames: [String])
        /// A property that was reported already.
        case refusedAssignment
    }

    var kind: Kind
    var range: SourceRange
}
