internal import CGStreamer

/// Sees every element that a pipeline gets, those that bins make by themselves included.
final class ElementWatch: Sendable {
    private let see: @Sendable (UnsafeMutablePointer<GstElement>) -> Void

    private init(_ see: @escaping @Sendable (UnsafeMutablePointer<GstElement>) -> Void) {
        self.see = see
    }

    /// - Parameter see: called at once for what is there already, later on whatever thread adds an element.
    static func install(
        on pipeline: UnsafeMutablePointer<GstElement>,
        see: @escaping @Sendable (UnsafeMutablePointer<GstElement>) -> Void
    ) {
        let watch = ElementWatch(see)
        typealias Handler =
            @convention(c) (
                UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
            ) -> Void
        let handler: Handler = { _, _, element, context in
            guard let element, let context else { return }
            Unmanaged<ElementWatch>.fromOpaque(context).takeUnretainedValue()
                .see(element.assumingMemoryBound(to: GstElement.self))
        }
        g_signal_connect_data(
            pipeline, "deep-element-added", unsafeBitCast(handler, to: GCallback.self),
            Unmanaged.passRetained(watch).toOpaque(),
            { context, _ in
                if let context { Unmanaged<ElementWatch>.fromOpaque(context).release() }
            }, GConnectFlags(rawValue: 0))
        for element in pipeline.elements { see(element.pointer) }
    }
}

/// An element, held: one in a bin may leave it at any moment.
final class HeldElement: @unchecked Sendable {  // any thread may hold and release an element
    let pointer: UnsafeMutablePointer<GstElement>

    fileprivate init(_ pointer: UnsafeMutablePointer<GstElement>) {
        gst_object_ref(pointer)
        self.pointer = pointer
    }

    deinit { gst_object_unref(pointer) }
}

private final class FoundElements {
    var elements: [HeldElement] = []
}

extension UnsafeMutablePointer<GstElement> {
    /// The name of its factory; nil for a plain bin made in code.
    var factoryName: String? {
        gst_element_get_factory(self).flatMap { gst_plugin_feature_name($0) }
    }

    /// What its factory says that it is, for example `Codec/Decoder/Video`; empty without one.
    var factoryClasses: String {
        gst_element_get_factory(self).flatMap { gst_element_factory_get_metadata($0, GST_ELEMENT_METADATA_KLASS) }
            .map { String(cString: $0) } ?? ""
    }

    /// Whether it holds others.
    var isBin: Bool {
        let instance = UnsafeMutableRawPointer(self).assumingMemoryBound(to: GTypeInstance.self)
        return g_type_check_instance_is_a(instance, gst_bin_get_type()) != 0
    }

    /// All that are in it at the moment, at whatever depth; of what is no bin, it alone.
    var elements: [HeldElement] {
        guard isBin else { return [HeldElement(self)] }
        let found = FoundElements()
        let all = withMemoryRebound(to: GstBin.self, capacity: 1) { gst_bin_iterate_recurse($0) }
        // Elements that come or go meanwhile make it begin again.
        while true {
            let result = gst_iterator_foreach(
                all,
                { value, context in
                    guard let object = g_value_get_object(value), let context else { return }
                    let element = UnsafeMutableRawPointer(object).assumingMemoryBound(to: GstElement.self)
                    Unmanaged<FoundElements>.fromOpaque(context).takeUnretainedValue().elements
                        .append(HeldElement(element))
                }, Unmanaged.passUnretained(found).toOpaque())
            guard result == GST_ITERATOR_RESYNC else { break }
            gst_iterator_resync(all)
            found.elements = []
        }
        gst_iterator_free(all)
        return found.elements
    }

    /// The name, in its pipeline, of the pipeline's own child that it stands in.
    var nameOfOutermostBin: String {
        var object = UnsafeMutableRawPointer(self).assumingMemoryBound(to: GstObject.self)
        while let parent = object.pointee.parent, parent.pointee.parent != nil { object = parent }
        return object.pointee.name.map { String(cString: $0) } ?? ""
    }
}
