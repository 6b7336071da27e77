internal import CGStreamer
internal import Plans

/// Properties that an element takes only while it is made, or that decide what pads it has: they stand in the launch
/// text, since links are made before any other property is set.
struct ConstructionProperties {
    private(set) var diagnostics: [Diagnostic] = []

    /// The settings as launch text, each checked and written anew from its value; empty for most elements.
    mutating func launchText(of node: ResolvedNode) -> String {
        guard let factory = node.factory, let type = factory.elementType, let raw = g_type_class_ref(type) else {
            return ""
        }
        defer { g_type_class_unref(raw) }
        let objectClass = raw.assumingMemoryBound(to: GObjectClass.self)
        var words = ""
        for assignment in node.node.properties {
            guard let spec = g_object_class_find_property(objectClass, assignment.name),
                Self.holds(spec)
            else { continue }
            var value = GValue()
            g_value_init(&value, spec.pointee.value_type)
            defer { g_value_unset(&value) }
            do throws(PropertyProblem) {
                let reader = PropertyValueReader(spec: spec, owner: factory.name)
                guard try reader.read(assignment.value, into: &value) else { continue }
                guard let text = Self.text(of: value, assignment) else {
                    throw PropertyProblem(
                        .notYetSupported,
                        "'\(assignment.name)' of \(factory.name) can only be set by a program that makes the element")
                }
                words += " \(assignment.name)=\(text)"
            } catch {
                diagnostics.append(
                    Diagnostic(.error, error.code, at: assignment.valueRange, error.message, hint: error.hint))
            }
        }
        return words
    }

    static func holds(_ spec: UnsafeMutablePointer<GParamSpec>) -> Bool {
        PropertyBinder.isConstructOnly(spec) || isObject(spec.pointee.value_type) || decidesMuxer(spec)
    }

    /// `splitmuxsink` makes its first muxer when a pad is asked for, by what has been set until then.
    private static func decidesMuxer(_ spec: UnsafeMutablePointer<GParamSpec>) -> Bool {
        guard let owner = g_type_name(spec.pointee.owner_type), String(cString: owner) == "GstSplitMuxSink",
            let name = spec.pointee.name
        else { return false }
        return ["async-finalize", "muxer-factory", "muxer-properties"].contains(String(cString: name))
    }

    /// An element in an element, or a profile: which pads there are depends on it.
    private static func isObject(_ type: GType) -> Bool {
        [GObjectType.object, GObjectType.interface].contains(g_type_fundamental(type))
    }

    /// Nil for what no text stands for.
    private static func text(of value: GValue, _ assignment: PropertyAssignment) -> String? {
        var value = value
        switch g_type_fundamental(value.g_type) {
        case GObjectType.boolean, GObjectType.enumeration, GObjectType.int, GObjectType.uint, GObjectType.int64,
            GObjectType.uint64, GObjectType.float, GObjectType.double:
            guard let text = gst_value_serialize(&value) else { return nil }
            defer { g_free(text) }
            return String(cString: text)
        case GObjectType.string:
            // A factory's name; what could be read as anything else is none.
            guard let text = g_value_get_string(&value).map({ String(cString: $0) }),
                text.wholeMatch(of: /[A-Za-z0-9_.-]+/) != nil
            else { return nil }
            return text
        case GObjectType.boxed where value.g_type == gst_structure_get_type():
            guard let text = gst_value_serialize(&value) else { return nil }
            defer { g_free(text) }
            return LaunchText.quoted(String(cString: text))
        case GObjectType.object, GObjectType.interface:
            // Read once already, and quoted so that it is one value again.
            guard case .literal(let text) = assignment.value else { return nil }
            return LaunchText.quoted(text)
        default:
            return nil
        }
    }
}
