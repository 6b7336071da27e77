internal import CGStreamer
internal import Plans

/// Reads one value of a plan into a GValue of its property's type.
struct PropertyValueReader {
    let spec: UnsafeMutablePointer<GParamSpec>
    /// The element's factory, for messages.
    let owner: String

    private var name: String { String(cString: spec.pointee.name) }

    /// - Returns: false for a parameter that has no value: then only its place is checked.
    func read(_ source: PropertyValue, into value: inout GValue) throws(PropertyProblem) -> Bool {
        switch source {
        case .literal(let text):
            try read(text, into: &value)
        case .parameter(let parameter):
            try check(parameter)
            return false
        case .bound(let bound, let parameter):
            try check(parameter)
            try read(bound.text, into: &value)
        }
        return true
    }

    private func read(_ text: String, into value: inout GValue) throws(PropertyProblem) {
        let type = g_type_fundamental(spec.pointee.value_type)
        switch type {
        case GObjectType.string:
            g_value_set_string(&value, text)
        case GObjectType.boolean:
            guard let boolean = GObjectNumber.boolean(text) else { throw wrongType("true or false", text) }
            g_value_set_boolean(&value, boolean ? 1 : 0)
        case GObjectType.float, GObjectType.double:
            try readFloating(text, type, into: &value)
        case GObjectType.enumeration:
            g_value_set_enum(&value, try enumeration(text))
        case GObjectType.flags:
            g_value_set_flags(&value, try flags(text))
        case GObjectType.object, GObjectType.interface:
            try readObject(text, into: &value)
        case GObjectType.pointer:
            throw noObject
        default:
            if let range = integerRange(type) {
                try readInteger(text, type, range, into: &value)
            } else if gst_value_deserialize_with_pspec(&value, text, spec) == 0 {
                throw wrongType("a \(String(cString: g_type_name(spec.pointee.value_type)))", text)
            }
        }
    }

    /// A parameter is a value: it may not reach a property whose text is read as syntax once more.
    private func check(_ parameter: String) throws(PropertyProblem) {
        switch g_type_fundamental(spec.pointee.value_type) {
        case GObjectType.string where !Self.isSyntax(name):
            return
        case GObjectType.boolean, GObjectType.enumeration, GObjectType.flags, GObjectType.float, GObjectType.double:
            return
        case let type where integerRange(type) != nil:
            return
        default:
            throw PropertyProblem(
                .parameterNotAllowedHere,
                "'\(name)' of \(owner) cannot take ${\(parameter)}: its value would be read as syntax")
        }
    }

    /// Strings that an encoder or a library parses by rules of its own; some of them open files.
    private static func isSyntax(_ property: String) -> Bool {
        ["option-string", "extra-options", "options", "x265-options", "filter", "pipeline", "launch"].contains(property)
            || property.hasSuffix("-cache-file") || property.hasSuffix("-description") || property.hasSuffix("-caps")
    }

    // MARK: Numbers

    private func integerRange(_ type: GType) -> ClosedRange<Int128>? {
        func range<Spec, Number: BinaryInteger>(
            _: Spec.Type, _ low: KeyPath<Spec, Number>, _ high: KeyPath<Spec, Number>
        ) -> ClosedRange<Int128>? {
            let limits = UnsafeMutableRawPointer(spec).assumingMemoryBound(to: Spec.self).pointee
            let (minimum, maximum) = (Int128(limits[keyPath: low]), Int128(limits[keyPath: high]))
            return minimum <= maximum ? minimum...maximum : nil
        }
        return switch type {
        case GObjectType.int: range(GParamSpecInt.self, \.minimum, \.maximum)
        case GObjectType.uint: range(GParamSpecUInt.self, \.minimum, \.maximum)
        case GObjectType.int64: range(GParamSpecInt64.self, \.minimum, \.maximum)
        case GObjectType.uint64: range(GParamSpecUInt64.self, \.minimum, \.maximum)
        case GObjectType.long: range(GParamSpecLong.self, \.minimum, \.maximum)
        case GObjectType.ulong: range(GParamSpecULong.self, \.minimum, \.maximum)
        case GObjectType.char: range(GParamSpecChar.self, \.minimum, \.maximum)
        case GObjectType.uchar: range(GParamSpecUChar.self, \.minimum, \.maximum)
        default: nil
        }
    }

    private func readInteger(
        _ text: String, _ type: GType, _ range: ClosedRange<Int128>, into value: inout GValue
    ) throws(PropertyProblem) {
        guard let number = GObjectNumber.integer(text) else { throw wrongType("a whole number", text) }
        guard range.contains(number) else { throw outOfRange("\(range.lowerBound)…\(range.upperBound)", text) }
        switch type {
        case GObjectType.int: g_value_set_int(&value, Int32(clamping: number))
        case GObjectType.uint: g_value_set_uint(&value, UInt32(clamping: number))
        case GObjectType.int64: g_value_set_int64(&value, Int(clamping: number))
        case GObjectType.uint64: g_value_set_uint64(&value, UInt(clamping: number))
        case GObjectType.long: g_value_set_long(&value, Int(clamping: number))
        case GObjectType.ulong: g_value_set_ulong(&value, UInt(clamping: number))
        case GObjectType.char: g_value_set_schar(&value, Int8(clamping: number))
        default: g_value_set_uchar(&value, UInt8(clamping: number))
        }
    }

    private func readFloating(_ text: String, _ type: GType, into value: inout GValue) throws(PropertyProblem) {
        guard let number = GObjectNumber.floating(text) else { throw wrongType("a number", text) }
        let raw = UnsafeMutableRawPointer(spec)
        let range: (Double, Double)
        if type == GObjectType.float {
            let limits = raw.assumingMemoryBound(to: GParamSpecFloat.self).pointee
            range = (Double(limits.minimum), Double(limits.maximum))
        } else {
            let limits = raw.assumingMemoryBound(to: GParamSpecDouble.self).pointee
            range = (limits.minimum, limits.maximum)
        }
        guard range.0 <= number, number <= range.1 else { throw outOfRange("\(range.0)…\(range.1)", text) }
        if type == GObjectType.float {
            g_value_set_float(&value, Float(number))
        } else {
            g_value_set_double(&value, number)
        }
    }

    // MARK: Names

    private func enumeration(_ text: String) throws(PropertyProblem) -> Int32 {
        guard let raw = g_type_class_ref(spec.pointee.value_type) else { throw wrongType("one of its names", text) }
        defer { g_type_class_unref(raw) }
        let type = raw.assumingMemoryBound(to: GEnumClass.self)
        if let found = g_enum_get_value_by_nick(type, text) ?? g_enum_get_value_by_name(type, text) {
            return found.pointee.value
        }
        if let number = GObjectNumber.integer(text), let exact = Int32(exactly: number),
            g_enum_get_value(type, exact) != nil
        {
            return exact
        }
        let nicks = (0..<Int(type.pointee.n_values)).map { String(cString: type.pointee.values[$0].value_nick) }
        throw unknownName(text, nicks)
    }

    /// Nicks joined by `+`, or a number.
    private func flags(_ text: String) throws(PropertyProblem) -> UInt32 {
        guard let raw = g_type_class_ref(spec.pointee.value_type) else { throw wrongType("its names", text) }
        defer { g_type_class_unref(raw) }
        let type = raw.assumingMemoryBound(to: GFlagsClass.self)
        if let number = GObjectNumber.integer(text) {
            guard let bits = UInt32(exactly: number), bits & ~type.pointee.mask == 0 else {
                throw outOfRange("bits of 0x\(String(type.pointee.mask, radix: 16))", text)
            }
            return bits
        }
        var bits: UInt32 = 0
        for word in text.split(whereSeparator: { $0 == "+" || $0 == "|" }).map(String.init) {
            guard let flag = g_flags_get_value_by_nick(type, word) ?? g_flags_get_value_by_name(type, word) else {
                let nicks = (0..<Int(type.pointee.n_values)).map { String(cString: type.pointee.values[$0].value_nick) }
                throw unknownName(word, nicks)
            }
            bits |= flag.pointee.value
        }
        return bits
    }

    // MARK: Objects

    /// An element is described as on gst-launch's command line: `video-sink="fakesink sync=false"`. Few other objects
    /// have a text at all, encoding profiles among them.
    private func readObject(_ text: String, into value: inout GValue) throws(PropertyProblem) {
        guard g_type_is_a(spec.pointee.value_type, gst_element_get_type()) != 0 else {
            guard gst_value_deserialize_with_pspec(&value, text, spec) != 0 else { throw noObject }
            return
        }
        let flags = GST_PARSE_FLAG_NO_SINGLE_ELEMENT_BINS.rawValue | GST_PARSE_FLAG_FATAL_ERRORS.rawValue
        var failure: UnsafeMutablePointer<GError>?
        let made = gst_parse_bin_from_description_full(text, 1, nil, GstParseFlags(rawValue: flags), &failure)
        let words = failure.map { String(cString: $0.pointee.message) } ?? "that is none"
        g_clear_error(&failure)
        guard let made else {
            throw PropertyProblem(
                .propertyType, "'\(name)' of \(owner) takes an element, or several linked by '!': \(words)")
        }
        gst_object_ref_sink(made)
        g_value_take_object(&value, made)
    }

    private var noObject: PropertyProblem {
        PropertyProblem(.notYetSupported, "'\(name)' of \(owner) takes an object that no text stands for")
    }

    // MARK: Problems

    private func wrongType(_ expected: String, _ text: String) -> PropertyProblem {
        PropertyProblem(.propertyType, "'\(name)' of \(owner) takes \(expected), not '\(text)'")
    }

    private func outOfRange(_ range: String, _ text: String) -> PropertyProblem {
        PropertyProblem(.propertyRange, "'\(name)' of \(owner) takes \(range), not '\(text)'")
    }

    private func unknownName(_ text: String, _ names: [String]) -> PropertyProblem {
        let near = NearestName.of(text, in: names)
        let listed = names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")
        return PropertyProblem(
            .propertyType, "'\(name)' of \(owner) has no value '\(text)'",
            hint: near.map { "did you mean '\($0)'?" } ?? "one of \(listed)")
    }
}
