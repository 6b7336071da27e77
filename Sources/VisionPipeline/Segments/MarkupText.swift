internal import CGStreamer
internal import Plans

/// Text for elements that take Pango's markup: a parameter's value is text and never markup, as it is never syntax.
///
/// A literal is what gst-launch makes of it: who writes `<b>` into a plan means it.
enum MarkupText {
    /// Elements of these types read what they draw as markup (gst-plugins-base, ext/pango).
    private static let types = ["GstBaseTextOverlay", "GstTextRender"]
    /// What they draw; of formats, what stands between the fields.
    private static let properties: Set<PropertyName> = ["text", "time-format", "datetime-format"]

    /// What the property is to be set to so that the text is drawn as it stands; nil where that is the text itself.
    static func escaped(
        _ value: PropertyValue, for property: PropertyName, of object: UnsafeMutablePointer<GObject>
    ) -> String? {
        guard case .bound(.string(let text), _) = value, properties.contains(property) else { return nil }
        let instance = UnsafeMutableRawPointer(object).assumingMemoryBound(to: GTypeInstance.self)
        let isMarkup = types.contains { name in
            let type = g_type_from_name(name)
            return type != 0 && g_type_check_instance_is_a(instance, type) != 0
        }
        return isMarkup ? escaped(text) : nil
    }

    /// With entities for what markup begins with.
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
