internal import CGStreamer

/// Properties of elements that this program makes itself, so that names and types are known to be right.
extension UnsafeMutablePointer<GstElement> {
    func set(_ property: String, _ value: Bool) {
        withValue(GObjectType.boolean) {
            g_value_set_boolean(&$0, value ? 1 : 0)
        } to: {
            set(property, $0)
        }
    }

    func set(_ property: String, _ value: UInt32) {
        withValue(GObjectType.uint) {
            g_value_set_uint(&$0, value)
        } to: {
            set(property, $0)
        }
    }

    func set(_ property: String, _ value: Int32) {
        withValue(GObjectType.int) {
            g_value_set_int(&$0, value)
        } to: {
            set(property, $0)
        }
    }

    func set(_ property: String, _ value: UInt64) {
        withValue(GObjectType.uint64) {
            g_value_set_uint64(&$0, UInt(value))
        } to: {
            set(property, $0)
        }
    }

    func set(_ property: String, _ value: Int64) {
        withValue(GObjectType.int64) {
            g_value_set_int64(&$0, gint64(value))
        } to: {
            set(property, $0)
        }
    }

    func set(_ property: String, _ value: String) {
        withValue(GObjectType.string) {
            g_value_set_string(&$0, value)
        } to: {
            set(property, $0)
        }
    }

    func set(_ property: String, _ caps: UnsafeMutablePointer<GstCaps>) {
        withValue(gst_caps_get_type()) {
            gst_value_set_caps(&$0, caps)
        } to: {
            set(property, $0)
        }
    }

    /// Whether the property `caps` is equal to `caps` already.
    func hasCaps(_ caps: UnsafeMutablePointer<GstCaps>) -> Bool {
        var value = GValue()
        g_value_init(&value, gst_caps_get_type())
        defer { g_value_unset(&value) }
        withObject { g_object_get_property($0, "caps", &value) }
        guard let current = gst_value_get_caps(&value) else { return false }
        return gst_caps_is_equal(current, caps) != 0
    }

    /// An enum by its number.
    func set(_ property: String, enumeration value: Int32) {
        withObject { object in
            guard let spec = g_object_class_find_property(object.classPointer, property) else { return }
            withValue(spec.pointee.value_type) {
                g_value_set_enum(&$0, value)
            } to: {
                set(property, $0)
            }
        }
    }

    /// The number of an enum; nil where there is no such property.
    func enumeration(_ property: String) -> Int32? {
        withObject { object in
            guard let spec = g_object_class_find_property(object.classPointer, property) else { return nil }
            var value = GValue()
            g_value_init(&value, spec.pointee.value_type)
            defer { g_value_unset(&value) }
            g_object_get_property(object, property, &value)
            return g_value_get_enum(&value)
        }
    }

    /// A number; nil where there is no such property, or it is of another type.
    func integer(_ property: String) -> Int32? {
        withObject { object in
            guard let spec = g_object_class_find_property(object.classPointer, property),
                spec.pointee.value_type == GObjectType.int
            else { return nil }
            var value = GValue()
            g_value_init(&value, GObjectType.int)
            defer { g_value_unset(&value) }
            g_object_get_property(object, property, &value)
            return g_value_get_int(&value)
        }
    }

    func unsigned(_ property: String) -> UInt32 {
        var value = GValue()
        g_value_init(&value, GObjectType.uint)
        defer { g_value_unset(&value) }
        withObject { g_object_get_property($0, property, &value) }
        return g_value_get_uint(&value)
    }

    func unsignedLong(_ property: String) -> UInt64 {
        var value = GValue()
        g_value_init(&value, GObjectType.uint64)
        defer { g_value_unset(&value) }
        withObject { g_object_get_property($0, property, &value) }
        return UInt64(g_value_get_uint64(&value))
    }

    private func set(_ property: String, _ value: UnsafePointer<GValue>) {
        withObject { g_object_set_property($0, property, value) }
    }

    private func withValue(_ type: GType, _ fill: (inout GValue) -> Void, to use: (UnsafePointer<GValue>) -> Void) {
        var value = GValue()
        g_value_init(&value, type)
        fill(&value)
        use(&value)
        g_value_unset(&value)
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
