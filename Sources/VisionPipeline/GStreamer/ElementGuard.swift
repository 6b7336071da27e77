internal import CGStreamer

/// Keeps elements that are not allowed from running, wherever in a pipeline they come from.
enum ElementGuard {
    /// - Parameter report: gets the factory, and the name of the pipeline's own child that it was made in; called at once for what
    ///   is there already, later on whatever thread adds an element.
    static func install(
        on pipeline: UnsafeMutablePointer<GstElement>, allowed: Set<String>,
        report: @escaping @Sendable (_ factory: String, _ element: String) -> Void
    ) {
        ElementWatch.install(on: pipeline) { element in
            guard let name = element.factoryName, !allowed.contains(name) else { return }
            // It stays in NULL whatever its bin does.
            gst_element_set_locked_state(element, 1)
            report(name, element.nameOfOutermostBin)
        }
    }
}
