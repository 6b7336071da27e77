internal import CGStreamer

/// What the registry knows of an element before one is made.
struct ElementFactory {
    let name: String
    /// In an order that means nothing: a registry read from its cache has them the other way round.
    let pads: [PadTemplate]
    /// For example `Source/Video`.
    let classes: String

    struct PadTemplate {
        enum Presence { case always, sometimes, request }
        /// For example `src` or `video_%u`.
        var name: String
        var isSource: Bool
        var presence: Presence
        /// Empty where any could pass.
        var mediaTypes: [String] = []
        /// As text; nil where any could pass.
        var caps: String?
    }

    /// Nil when no element of that name is installed.
    init?(named name: String) {
        guard let factory = gst_element_factory_find(name) else { return nil }
        defer { gst_object_unref(UnsafeMutableRawPointer(factory)) }
        self.name = name
        classes =
            gst_element_factory_get_metadata(factory, GST_ELEMENT_METADATA_KLASS).map { String(cString: $0) } ?? ""
        var pads: [PadTemplate] = []
        var item = gst_element_factory_get_static_pad_templates(factory)
        while let node = item {
            if let template = node.pointee.data?.assumingMemoryBound(to: GstStaticPadTemplate.self) {
                let presence: PadTemplate.Presence =
                    switch template.pointee.presence {
                    case GST_PAD_ALWAYS: .always
                    case GST_PAD_SOMETIMES: .sometimes
                    default: .request
                    }
                let caps = gst_static_pad_template_get_caps(template)
                defer { if let caps { gst_caps_unref(caps) } }
                pads.append(
                    PadTemplate(
                        name: String(cString: template.pointee.name_template),
                        isSource: template.pointee.direction == GST_PAD_SRC, presence: presence,
                        mediaTypes: caps.map { ElementPad.mediaTypes(of: $0) } ?? [],
                        caps: caps.flatMap(Self.text)))
            }
            item = UnsafePointer(node.pointee.next).map { UnsafePointer($0) }
        }
        self.pads = pads
    }

    /// The type of its elements, once its plugin is loaded.
    var elementType: GType? {
        guard let factory = gst_element_factory_find(name) else { return nil }
        defer { gst_object_unref(UnsafeMutableRawPointer(factory)) }
        // A new reference, and perhaps another object.
        guard let loaded = gst_plugin_feature_load(factory) else { return nil }
        defer { gst_object_unref(UnsafeMutableRawPointer(loaded)) }
        let type = gst_element_factory_get_element_type(loaded)
        return type == 0 ? nil : type
    }

    /// The name of the src pad, where one and no more is always there.
    var onlySource: String? {
        let always = pads.filter { $0.isSource && $0.presence == .always }
        return always.count == 1 ? always.first?.name : nil
    }
    var hasAlwaysSource: Bool { pads.contains { $0.isSource && $0.presence == .always } }
    /// Several src pads are always there.
    var hasSeveralSources: Bool { hasAlwaysSource && onlySource == nil }
    var hasSource: Bool { pads.contains { $0.isSource } }
    var hasSink: Bool { pads.contains { !$0.isSource } }
    /// Pads that appear while the element runs.
    var hasSometimesSource: Bool { pads.contains { $0.isSource && $0.presence == .sometimes } }

    /// No src pad is there before the element runs, and none comes by being asked for.
    var hasOnlySometimesSources: Bool { hasSource && pads.allSatisfy { !$0.isSource || $0.presence == .sometimes } }

    /// The only sink pad, where that is always there: what is linked to the element goes there, whatever it is.
    var onlySink: PadTemplate? {
        let sinks = pads.filter { !$0.isSource }
        return sinks.count == 1 && sinks.first?.presence == .always ? sinks.first : nil
    }
    /// What that takes, as text; nil where it is anything, or there is none.
    var onlySinkCaps: String? { onlySink?.caps }

    private static func text(_ caps: UnsafeMutablePointer<GstCaps>) -> String? {
        guard gst_caps_is_any(caps) == 0, let text = gst_caps_to_string(caps) else { return nil }
        defer { g_free(text) }
        return String(cString: text)
    }

    var isMuxer: Bool { classes.contains("Muxer") || name == "hlssink" }
    var isPictureEncoder: Bool {
        classes.contains("Encoder") && (classes.contains("Video") || classes.contains("Image"))
    }

    /// Whether an element of this kind could be given something with these caps.
    func couldTake(_ text: String) -> Bool {
        guard let factory = gst_element_factory_find(name), let caps = gst_caps_from_string(text) else { return false }
        defer {
            gst_caps_unref(caps)
            gst_object_unref(UnsafeMutableRawPointer(factory))
        }
        return gst_element_factory_can_sink_any_caps(factory, caps) != 0
    }

    /// Whether several branches may leave a pad, by a tee; nil is the pad that a link without a name takes.
    func isTeeImplied(at pad: String?) -> Bool {
        pad == nil ? onlySource != nil : hasAlwaysSource
    }

    /// Every installed element.
    static var allNames: [String] {
        let list = gst_registry_get_feature_list(gst_registry_get(), gst_element_factory_get_type())
        defer { gst_plugin_feature_list_free(list) }
        var names: [String] = []
        var item = list
        while let node = item {
            if let feature = node.pointee.data, let name = gst_plugin_feature_name(OpaquePointer(feature)) {
                names.append(name)
            }
            item = node.pointee.next
        }
        return names
    }
}
