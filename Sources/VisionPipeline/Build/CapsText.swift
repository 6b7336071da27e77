internal import CGStreamer
internal import Plans

/// Caps filters: checked by GStreamer, then written in its canonical form.
struct CapsText {
    private(set) var diagnostics: [Diagnostic] = []

    /// Nil after a diagnostic.
    mutating func canonical(_ structures: [CapsStructure]) -> String? {
        let before = diagnostics.count
        let parts = structures.compactMap { canonical($0) }
        return diagnostics.count == before ? parts.joined(separator: "; ") : nil
    }

    private mutating func canonical(_ structure: CapsStructure) -> String? {
        guard structure.mediaType.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "/-_.+:".contains($0)) }) else {
            report(structure.range, "'\(structure.mediaType)' is no media type")
            return nil
        }
        var text = structure.mediaType
        if !structure.features.isEmpty { text += "(\(structure.features.joined(separator: ", ")))" }
        var isSound = true
        for field in structure.fields {
            guard let value = self.text(of: field) else {
                isSound = false
                continue
            }
            // Each field alone, so that a bad one is found and none can hide another in its value.
            if Self.fieldCount("x/x, \(field.name)=\(value)") != 1 {
                report(field.valueRange, "'\(value)' is no value for \(field.name) in caps")
                isSound = false
            }
            text += ", \(field.name)=\(value)"
        }
        guard isSound else { return nil }
        guard let caps = gst_caps_from_string(text) else {
            report(structure.range, "GStreamer cannot read these caps")
            return nil
        }
        defer { gst_caps_unref(caps) }
        guard let written = gst_caps_to_string(caps) else { return nil }
        defer { g_free(written) }
        return String(cString: written)
    }

    /// The number of fields in the only structure; nil when the text is not exactly one.
    private static func fieldCount(_ text: String) -> Int? {
        guard let caps = gst_caps_from_string(text) else { return nil }
        defer { gst_caps_unref(caps) }
        guard gst_caps_get_size(caps) == 1, let structure = gst_caps_get_structure(caps, 0) else { return nil }
        return Int(gst_structure_n_fields(structure))
    }

    /// A field's value as caps have it. A bound parameter stays a value of the one type its field has.
    private mutating func text(of field: PropertyAssignment) -> String? {
        switch field.value {
        case .literal(let text):
            return text
        case .parameter(let name):
            report(field.valueRange, "${\(name)} has no value")
            return nil
        case .bound(let value, let parameter):
            switch (field.name, value) {
            case ("width", .integer(let number)), ("height", .integer(let number)):
                return "(int)\(number)"
            case ("framerate", .integer(let number)):
                return "(fraction)\(number)/1"
            case ("framerate", .string(let text)) where Self.isFraction(text):
                return "(fraction)\(text)"
            case ("framerate", .number(let number)) where number > 0 && number < 1_000_000:
                return "(fraction)\(Int((number * 1000).rounded()))/1000"
            case ("format", .string(let text)) where !text.isEmpty && text.utf8.allSatisfy(Self.isWordByte):
                return "(string)\(text)"
            default:
                report(field.valueRange, "the value of ${\(parameter)} does not fit \(field.name) in caps")
                return nil
            }
        }
    }

    private static func isFraction(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { UInt32($0) != nil }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private mutating func report(_ range: SourceRange, _ message: String) {
        diagnostics.append(Diagnostic(.error, .invalidCaps, at: range, message))
    }
}
