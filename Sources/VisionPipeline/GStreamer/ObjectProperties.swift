internal import CGStreamer

/// Properties of elements that this program makes itself, so that names and types are known to be right.
extension UnsafeMutablePointer<GstElement> {
    func set(_ property: String, _ value: Bool) {
        set(property, GObjectType.boolean) { g_value_set_boolean($0, value ? 1 : 0) }
    }

    func set(_ property: String, _ value: UInt32) {
        set(property, GObjectType.uint) { g_value_set_uint($0, value) }
    }

    func set(_ property: String, _ value: Int32) {
        set(property, GObjectType.int) { g_value_set_int($0, value) }
    }

    func set(_ property: String, _ value: UInt64) {
        set(property, GObjectType.uint64) { g_value_set_uint64($0, UInt(value)) }
    }

    func set(_ property: String, _ value: Int64) {
        set(property, GObjectType.int64) { g_value_set_int64($0, gint64(value)) }
    }

    func set(_ property: String, _ value: String) {
        set(property, GObjectType.string) { g_value_set_string($0, value) }
    }

    func set(_ property: String, _ value: UnsafeMutablePointer<GstCaps>) {
        set(property, gst_caps_get_type()) { gst_value_set_caps($0, value) }
    }

    /// An enum by its number.
    func set(_ property: String, enumeration value: Int32) {
        if let type = type(of: property) { set(property, type) { g_value_set_enum($0, value) } }
    }

    /// Whether the property `caps` is equal to `caps` already.
    func hasCaps(_ caps: UnsafeMutablePointer<GstCaps>) -> Bool {
        get("caps", gst_caps_get_type()) { value in
            gst_value_get_caps(value).map { gst_caps_is_equal($0, caps) != 0 } ?? false
        }
    }

    /// The number of an enum; nil where there is no such property.
    func enumeration(_ property: String) -> Int32? {
        type(of: property).map { get(property, $0) { g_value_get_enum($0) } }
    }

    /// A number; nil where there is no such property, or it is of another type.
    func integer(_ property: String) -> Int32? {
        guard type(of: property) == GObjectType.int else { return nil }
        return get(property, GObjectType.int) { g_value_get_int($0) }
    }

    /// 0 where there is no such property.
    func flags(_ property: String) -> UInt32 {
        type(of: property).map { get(property, $0) { g_value_get_flags($0) } } ?? 0
    }

    /// Nil where there is no such property, or it is of another type.
    func boolean(_ property: String) -> Bool? {
        guard type(of: property) == GObjectType.boolean else { return nil }
        return get(property, GObjectType.boolean) { g_value_get_boolean($0) != 0 }
    }

    /// Nil where it is not set, there is no such property, or it is of another type.
    func text(_ property: String) -> String? {
        guard type(of: property) == GObjectType.string else { return nil }
        return get(property, GObjectType.string) { g_value_get_string($0).map { String(cString: $0) } }
    }

    /// Takes away a text.
    func clear(text property: String) {
        guard type(of: property) == GObjectType.string else { return }
        set(property, GObjectType.string) { g_value_set_string($0, nil) }
    }

    func unsigned(_ property: String) -> UInt32 { get(property, GObjectType.uint) { g_value_get_uint($0) } }

    func unsignedLong(_ property: String) -> UInt64 {
        get(property, GObjectType.uint64) { UInt64(g_value_get_uint64($0)) }
    }

    private func type(of property: String) -> GType? {
        withObject { g_object_class_find_property($0.classPointer, property)?.pointee.value_type }
    }

    private func set(_ property: String, _ type: GType, _ fill: (UnsafeMutablePointer<GValue>) -> Void) {
        withValue(type) { value in
            fill(value)
            withObject { g_object_set_property($0, property, value) }
        }
    }

    private func get<Result>(_ property: String, _ type: GType, _ read: (UnsafePointer<GValue>) -> Result) -> Result {
        withValue(type) { value in
            withObject { g_object_get_property($0, property, value) }
            return read(value)
        }
    }

    private func withValue<Result>(_ type: GType, _ body: (UnsafeMutablePointer<GValue>) -> Result) -> Result {
        var value = GValue()
        g_value_init(&value, type)
        defer { g_value_unset(&value) }
        return body(&value)
    }

    func withObject<Result>(_ body: (UnsafeMutablePointer<GObject>) -> Result) -> Result {
        body(UnsafeMutableRawPointer(self).assumingMemoryBound(to: GObject.self))
    }
}

extension UnsafeMutablePointer<GObject> {
    var classPointer: UnsafeMutablePointer<GObjectClass>? {
        UnsafeMutableRawPointer(pointee.g_type_instance.g_class)?.assumingMemoryBound(to: GObjectClass.self)
    }
}

/// GLib's fundamental types: macros with casts, which Swift does not import (gobject/gtype.h).
enum GObjectType {
    static let interface = fundamental(2)
    static let char = fundamental(3)
    static let uchar = fundamental(4)
    static let boolean = fundamental(5)
    static let int = fundamental(6)
    static let uint = fundamental(7)
    static let long = fundamental(8)
    static let ulong = fundamental(9)
    static let int64 = fundamental(10)
    static let uint64 = fundamental(11)
    static let enumeration = fundamental(12)
    static let flags = fundamental(13)
    static let float = fundamental(14)
    static let double = fundamental(15)
    static let string = fundamental(16)
    static let pointer = fundamental(17)
    static let boxed = fundamental(18)
    static let object = fundamental(20)

    private static func fundamental(_ number: GType) -> GType { number << 2 }
}
