internal import CGStreamer
internal import Plans

/// Caps filters: checked by GStreamer, then written in its canonical form.
struct CanonicalCaps {
    private(set) var diagnostics: [Diagnostic] = []

    /// Nil after a diagnostic.
    mutating func canonical(_ structures: [CapsStructure]) -> String? {
        let before = diagnostics.count
        let parts = structures.compactMap { canonical($0) }
        return diagnostics.count == before ? parts.joined(separator: "; ") : nil
    }

    private mutating func canonical(_ structure: CapsStructure) -> String? {
        var structure = structure
        // A parameter without a value leaves its field open.
        structure.fields.removeAll { if case .parameter = $0.value { true } else { false } }
        var isSound = true
        for field in structure.fields {
            if let expected = Self.expectation(of: field) {
                report(field.valueRange, "'\(field.name)' in caps takes \(expected)")
                isSound = false
            } else if !Self.isOneField(field) {
                // Each field alone, so that a bad one is found and none can hide another in its value.
                report(field.valueRange, "this is no value for '\(field.name)' in caps")
                isSound = false
            }
        }
        guard isSound else { return nil }
        guard let caps = gst_caps_from_string(structure.text) else {
            report(structure.range, "GStreamer cannot read these caps")
            return nil
        }
        defer { gst_caps_unref(caps) }
        guard gst_caps_get_size(caps) == 1, let written = gst_caps_to_string(caps) else {
            report(structure.range, "'\(structure.mediaType)' is no media type")
            return nil
        }
        defer { g_free(written) }
        return String(cString: written)
    }

    /// What a picture's field takes, where the text is something else. GStreamer takes any text for a string, and then
    /// no link can be made.
    private static func expectation(of field: PropertyAssignment) -> String? {
        let expected: String
        switch field.name {
        case "width", "height": expected = "a whole number, for example 640"
        case "framerate": expected = "a fraction, for example 30/1"
        default: return nil
        }
        let alone = CapsStructure(mediaType: "x/x", fields: [field], range: field.nameRange)
        guard let caps = gst_caps_from_string(alone.text) else { return expected }
        defer { gst_caps_unref(caps) }
        guard gst_caps_get_size(caps) == 1,
            gst_structure_get_field_type(gst_caps_get_structure(caps, 0), field.name) != GObjectType.string
        else { return expected }
        return nil
    }

    private static func isOneField(_ field: PropertyAssignment) -> Bool {
        let alone = CapsStructure(mediaType: "x/x", fields: [field], range: field.nameRange)
        guard let caps = gst_caps_from_string(alone.text) else { return false }
        defer { gst_caps_unref(caps) }
        guard gst_caps_get_size(caps) == 1, let structure = gst_caps_get_structure(caps, 0) else { return false }
        return gst_structure_n_fields(structure) == 1
    }

    private mutating func report(_ range: SourceRange, _ message: String) {
        diagnostics.append(Diagnostic(.error, .invalidCaps, at: range, message))
    }
}
