internal import CGStreamer

/// Turns a bus into calls of a closure, on whatever thread posts.
///
/// Nothing stays on the bus, so nobody has to poll it, and an unread bus cannot grow.
/// PROGRESS is never looked at: it carries addresses with their passwords.
final class BusHandler: Sendable {
    private let receive: @Sendable (PipelineEvent) -> Void

    private init(_ receive: @escaping @Sendable (PipelineEvent) -> Void) {
        self.receive = receive
    }

    /// - Parameter receive: must not block and must not change any state; called on streaming threads too.
    static func install(on bus: UnsafeMutablePointer<GstBus>, receive: @escaping @Sendable (PipelineEvent) -> Void) {
        let context = Unmanaged.passRetained(BusHandler(receive)).toOpaque()
        gst_bus_set_sync_handler(
            bus,
            { _, message, context in
                guard let message else { return GST_BUS_DROP }
                // A handler that drops a message owns it.
                defer {
                    gst_mini_object_unref(UnsafeMutableRawPointer(message).assumingMemoryBound(to: GstMiniObject.self))
                }
                if let context, let event = PipelineEvent(message) {
                    Unmanaged<BusHandler>.fromOpaque(context).takeUnretainedValue().receive(event)
                }
                return GST_BUS_DROP
            }, context, { if let held = $0 { Unmanaged<BusHandler>.fromOpaque(held).release() } })
    }

    static func remove(from bus: UnsafeMutablePointer<GstBus>) {
        gst_bus_set_sync_handler(bus, nil, nil, nil)
    }
}

extension PipelineEvent {
    /// Nil for messages that nobody here needs.
    fileprivate init?(_ message: UnsafeMutablePointer<GstMessage>) {
        switch message.pointee.type {
        case GST_MESSAGE_EOS:
            self = .endOfStream
        case GST_MESSAGE_ERROR:
            self = .failed(ElementFailure(message, parse: gst_message_parse_error))
        case GST_MESSAGE_WARNING:
            self = .warning(ElementFailure(message, parse: gst_message_parse_warning))
        case GST_MESSAGE_LATENCY:
            self = .latencyChanged
        case GST_MESSAGE_STATE_CHANGED:
            // Only the pipeline's own.
            guard let source = message.pointee.src, source.pointee.parent == nil else { return nil }
            var new = GST_STATE_NULL
            gst_message_parse_state_changed(message, nil, &new, nil)
            guard let state = PipelineState(rawValue: Int32(new.rawValue)) else { return nil }
            self = .stateChanged(state)
        default:
            return nil
        }
    }
}

extension ElementFailure {
    fileprivate typealias Parser = (
        UnsafeMutablePointer<GstMessage>?, UnsafeMutablePointer<UnsafeMutablePointer<GError>?>?,
        UnsafeMutablePointer<UnsafeMutablePointer<gchar>?>?
    ) -> Void

    fileprivate init(_ message: UnsafeMutablePointer<GstMessage>, parse: Parser) {
        var error: UnsafeMutablePointer<GError>?
        var debug: UnsafeMutablePointer<gchar>?
        parse(message, &error, &debug)
        defer {
            g_clear_error(&error)
            g_free(debug)
        }
        domain =
            switch error?.pointee.domain {
            case gst_resource_error_quark(): .resource
            case gst_stream_error_quark(): .stream
            case gst_core_error_quark(): .core
            case gst_library_error_quark(): .library
            default: .other
            }
        code = error?.pointee.code ?? 0
        self.message = error?.pointee.message.map { String(cString: $0) } ?? "unknown error"
        detail = debug.flatMap { Self.ownWords(String(cString: $0)) }
        // Up to the pipeline's own child: what stands inside a bin was never named by a plan.
        var object = message.pointee.src
        while let parent = object?.pointee.parent, parent.pointee.parent != nil { object = parent }
        element = object.flatMap { $0.pointee.name }.map { String(cString: $0) } ?? ""
        factory = object.map { Self.factoryName($0) } ?? ""
    }

    /// A debug text is `file(line): function (): /object/path:` and then, on lines of its own, what happened.
    private static func ownWords(_ debug: String) -> String? {
        let lines = debug.split(separator: "\n", omittingEmptySubsequences: true).dropFirst()
        return lines.isEmpty ? nil : lines.joined(separator: " ")
    }

    private static func factoryName(_ object: UnsafeMutablePointer<GstObject>) -> String {
        let raw = UnsafeMutableRawPointer(object)
        guard g_type_check_instance_is_a(raw.assumingMemoryBound(to: GTypeInstance.self), gst_element_get_type()) != 0,
            let factory = gst_element_get_factory(raw.assumingMemoryBound(to: GstElement.self)),
            let name = gst_plugin_feature_name(factory)
        else { return "" }
        return name
    }
}

/// The name of a plugin feature; its struct is private, its first part a GstObject.
func gst_plugin_feature_name(_ feature: OpaquePointer) -> String? {
    UnsafeMutableRawPointer(feature).assumingMemoryBound(to: GstObject.self).pointee.name.map { String(cString: $0) }
}
