internal import CGStreamer
internal import Plans
internal import Synchronization

/// `child::property` settings that wait for their child.
final class DelayedProperties: Sendable {
    private let waiting: Mutex<[PropertyAssignment]>
    private let factory: String
    private let report: @Sendable ([Diagnostic]) -> Void

    private init(
        _ assignments: [PropertyAssignment], factory: String, report: @escaping @Sendable ([Diagnostic]) -> Void
    ) {
        waiting = Mutex(assignments)
        self.factory = factory
        self.report = report
    }

    /// - Parameter report: called on whatever thread adds the child.
    static func install(
        _ assignments: [PropertyAssignment], on element: UnsafeMutablePointer<GstElement>, factory: String,
        report: @escaping @Sendable ([Diagnostic]) -> Void
    ) {
        let instance = UnsafeMutableRawPointer(element).assumingMemoryBound(to: GTypeInstance.self)
        // A child's own children come as deep elements; what is no bin has pads for children.
        let isBin = g_type_check_instance_is_a(instance, gst_bin_get_type()) != 0
        typealias Handler =
            @convention(c) (
                UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
            ) -> Void
        let handler: Handler = { parent, _, _, context in
            guard let parent, let context else { return }
            Unmanaged<DelayedProperties>.fromOpaque(context).takeUnretainedValue()
                .bind(to: parent.assumingMemoryBound(to: GstElement.self))
        }
        let context = Unmanaged.passRetained(DelayedProperties(assignments, factory: factory, report: report))
            .toOpaque()
        g_signal_connect_data(
            element, isBin ? "deep-element-added" : "child-added", unsafeBitCast(handler, to: GCallback.self), context,
            { context, _ in
                if let context { Unmanaged<DelayedProperties>.fromOpaque(context).release() }
            }, GConnectFlags(rawValue: 0))
    }

    private func bind(to element: UnsafeMutablePointer<GstElement>) {
        let assignments = waiting.withLock {
            let taken = $0
            $0 = []
            return taken
        }
        guard !assignments.isEmpty else { return }
        var binder = PropertyBinder()
        binder.bind(assignments, to: element, factory: factory)
        if !binder.delayed.isEmpty { waiting.withLock { $0 += binder.delayed } }
        if !binder.diagnostics.isEmpty { report(binder.diagnostics) }
    }
}
