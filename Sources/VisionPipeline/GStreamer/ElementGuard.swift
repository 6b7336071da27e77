internal import CGStreamer

/// Sees every element that a pipeline gets, those that bins make by themselves included, and keeps what is not
/// allowed from running.
final class ElementGuard: Sendable {
    private let allowed: Set<String>
    /// The factory, and the name of the pipeline's own child that it was made in.
    private let report: @Sendable (_ factory: String, _ element: String) -> Void

    private init(_ allowed: Set<String>, _ report: @escaping @Sendable (String, String) -> Void) {
        self.allowed = allowed
        self.report = report
    }

    /// - Parameter report: called at once for what is there already, later on whatever thread adds an element.
    static func install(
        on pipeline: UnsafeMutablePointer<GstElement>, allowed: Set<String>,
        report: @escaping @Sendable (_ factory: String, _ element: String) -> Void
    ) {
        let watch = ElementGuard(allowed, report)
        typealias Handler =
            @convention(c) (
                UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
            ) -> Void
        let handler: Handler = { _, _, element, context in
            guard let element, let context else { return }
            Unmanaged<ElementGuard>.fromOpaque(context).takeUnretainedValue()
                .see(element.assumingMemoryBound(to: GstElement.self))
        }
        g_signal_connect_data(
            pipeline, "deep-element-added", unsafeBitCast(handler, to: GCallback.self),
            Unmanaged.passRetained(watch).toOpaque(),
            { context, _ in
                if let context { Unmanaged<ElementGuard>.fromOpaque(context).release() }
            }, GConnectFlags(rawValue: 0))
        let all = pipeline.withMemoryRebound(to: GstBin.self, capacity: 1) { gst_bin_iterate_recurse($0) }
        gst_iterator_foreach(
            all,
            { value, context in
                guard let object = g_value_get_object(value), let context else { return }
                Unmanaged<ElementGuard>.fromOpaque(context).takeUnretainedValue()
                    .see(UnsafeMutableRawPointer(object).assumingMemoryBound(to: GstElement.self))
            }, Unmanaged.passUnretained(watch).toOpaque())
        gst_iterator_free(all)
    }

    private func see(_ element: UnsafeMutablePointer<GstElement>) {
        // What has no factory is a plain bin made in code.
        guard let factory = gst_element_get_factory(element), let name = gst_plugin_feature_name(factory),
            !allowed.contains(name)
        else { return }
        // It stays in NULL whatever its bin does.
        gst_element_set_locked_state(element, 1)
        var object = UnsafeMutableRawPointer(element).assumingMemoryBound(to: GstObject.self)
        while let parent = object.pointee.parent, parent.pointee.parent != nil { object = parent }
        report(name, object.pointee.name.map { String(cString: $0) } ?? "")
    }
}
