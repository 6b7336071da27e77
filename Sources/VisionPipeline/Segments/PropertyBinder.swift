internal import CGStreamer
internal import Foundation
internal import Plans

/// Sets what a plan says of an element's properties, by the type that each property declares.
///
/// Not `gst_util_set_object_arg`: that fails silently, wraps numbers and strips quotes.
struct PropertyBinder {
    private(set) var diagnostics: [Diagnostic] = []
    /// `child::property` whose child is not there yet.
    private(set) var delayed: [PropertyAssignment] = []

    mutating func bind(
        _ assignments: [PropertyAssignment], to element: UnsafeMutablePointer<GstElement>, factory: String
    ) {
        for assignment in assignments where assignment.name != "name" {
            if assignment.name.contains("::") {
                bindChild(assignment, of: element, factory: factory)
            } else {
                element.withObject { bind(assignment, named: assignment.name, to: $0, owner: factory) }
            }
        }
    }

    /// - Parameter name: the property's own, without the child before it.
    mutating func bind(
        _ assignment: PropertyAssignment, named name: String, to object: UnsafeMutablePointer<GObject>, owner: String
    ) {
        guard let spec = g_object_class_find_property(object.classPointer, name) else {
            let near = NearestName.of(name, in: Self.propertyNames(of: object))
            report(
                .unknownProperty, assignment.nameRange, "\(owner) has no property '\(name)'",
                hint: near.map { "did you mean '\($0)'?" })
            return
        }
        let flags = spec.pointee.flags.rawValue
        if flags & G_PARAM_WRITABLE.rawValue == 0 {
            report(.unknownProperty, assignment.nameRange, "'\(name)' of \(owner) can only be read")
            return
        }
        let isChild = assignment.name.contains("::")
        // An element of the plan was made with it.
        if !isChild, ConstructionProperties.holds(spec) { return }
        if isChild, Self.isConstructOnly(spec) {
            report(
                .notYetSupported, assignment.nameRange,
                "'\(name)' of \(owner) can only be set while the element is made")
            return
        }
        var value = GValue()
        g_value_init(&value, spec.pointee.value_type)
        defer { g_value_unset(&value) }
        do throws(PropertyProblem) {
            guard try PropertyValueReader(spec: spec, owner: owner).read(assignment.value, into: &value) else { return }
            if let text = MarkupText.escaped(assignment.value, for: assignment.property, of: object) {
                g_value_set_string(&value, text)
            }
            // What no range of numbers says: the pspec's own last word.
            if g_param_value_validate(spec, &value) != 0 {
                throw PropertyProblem(.propertyRange, "\(owner) does not take this value for \(name)")
            }
            g_object_set_property(object, name, &value)
        } catch {
            report(error.code, assignment.valueRange, error.message, hint: error.hint)
        }
    }

    /// GLib takes such a property with the constructor and never again.
    static func isConstructOnly(_ spec: UnsafeMutablePointer<GParamSpec>) -> Bool {
        spec.pointee.flags.rawValue & G_PARAM_CONSTRUCT_ONLY.rawValue != 0
    }

    private mutating func bindChild(
        _ assignment: PropertyAssignment, of element: UnsafeMutablePointer<GstElement>, factory: String
    ) {
        guard case .literal = assignment.value else {
            report(
                .parameterNotAllowedHere, assignment.valueRange,
                "a property of a child takes a literal, not a parameter")
            return
        }
        let instance = UnsafeMutableRawPointer(element).assumingMemoryBound(to: GTypeInstance.self)
        guard g_type_check_instance_is_a(instance, gst_child_proxy_get_type()) != 0 else {
            report(
                .unknownProperty, assignment.nameRange, "\(factory) has no children",
                hint: "write the property without '::'")
            return
        }
        var words = assignment.name.components(separatedBy: "::")
        let property = words.removeLast()
        var object = element.withObject { $0 }
        gst_object_ref(object)
        defer { gst_object_unref(object) }
        for word in words {
            guard let child = Self.child(word, of: object) else {
                delayed.append(assignment)
                return
            }
            gst_object_unref(object)
            object = child
        }
        bind(assignment, named: property, to: object, owner: words.last ?? factory)
    }

    /// A new reference; nil while there is no such child.
    private static func child(_ name: String, of object: UnsafeMutablePointer<GObject>) -> UnsafeMutablePointer<
        GObject
    >? {
        let instance = UnsafeMutableRawPointer(object).assumingMemoryBound(to: GTypeInstance.self)
        guard g_type_check_instance_is_a(instance, gst_child_proxy_get_type()) != 0 else { return nil }
        return gst_child_proxy_get_child_by_name(OpaquePointer(object), name)
    }

    private static func propertyNames(of object: UnsafeMutablePointer<GObject>) -> [String] {
        var count: guint = 0
        guard let list = g_object_class_list_properties(object.classPointer, &count) else { return [] }
        defer { g_free(list) }
        return (0..<Int(count)).compactMap { list[$0].map { String(cString: $0.pointee.name) } }.sorted()
    }

    private mutating func report(_ code: Diagnostic.Code, _ range: SourceRange, _ message: String, hint: String? = nil)
    {
        diagnostics.append(Diagnostic(.error, code, at: range, message, hint: hint))
    }
}

/// Why a value does not fit its property.
struct PropertyProblem: Error {
    var code: Diagnostic.Code
    var message: String
    var hint: String?

    init(_ code: Diagnostic.Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }
}
